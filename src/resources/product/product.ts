import type { Resource, SpecOf } from '../kind.ts';
import type { productFields } from './fields.ts';

export type ProductSpec = SpecOf<typeof productFields>;

/** A product that the tenant has: which group of the Git server it is, and where its own resources are kept. */
export interface Product extends Resource<ProductSpec> {
  /** `product-<id>`, with the id of the group. */
  readonly name: string;
}
