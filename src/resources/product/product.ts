import type { Resource, SpecOf } from '../kind.ts';
import type { productFields } from './fields.ts';

export type ProductSpec = SpecOf<typeof productFields>;

/** A product of the tenant: its group on the Git server, and the repository of its own resources. */
export interface Product extends Resource<ProductSpec> {
  /** `product-<id>`, with the id of the group. */
  readonly name: string;
}
