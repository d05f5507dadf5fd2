import type { ResourceKind } from '../kind.ts';
import { productFields } from './fields.ts';

/** The `Product` kind of the original. Users identify a product by its group; its name contains the group's id. */
export const productKind = {
  kind: 'Product',
  singular: 'product',
  plural: 'products',
  short: ['prod', 'prods'],
  path: ['products', '{name}'],
  fields: productFields,
  annotations: {},
  indexes: ['group', 'repository'],
  references: () => [],
} as const satisfies ResourceKind<typeof productFields>;
