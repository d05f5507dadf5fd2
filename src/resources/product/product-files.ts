import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import type { FileLayout } from '../repository-layout.ts';
import { type KeptFields, resourceFiles } from '../resource-file.ts';
import type { Product } from './product.ts';
import { productKind } from './product-kind.ts';

/** The indexes of products besides their names. */
export type ProductIndex = (typeof productKind)['indexes'][number];

const NAME = /^product-[1-9][0-9]{0,18}$/;

/** Why the text is not a valid name of a product, or `undefined`. */
export function productNameProblem(name: string): Message | undefined {
  return NAME.test(name) ? undefined : message('name.product');
}

/** The files of products in the tenant configuration repository. No kustomization lists them. */
export const productFiles: FileLayout<Product, ProductIndex, KeptFields> = resourceFiles<Product, ProductIndex>(
  productKind,
  {
    directory: 'nautes/overlays/production/products',
    nameProblem: productNameProblem,
    invalid: (name, problem) => new NautesError('ProductFileInvalid', { name, problem }),
  },
);
