import { clusterFiles } from './cluster/cluster-files.ts';
import { clusterKind } from './cluster/cluster-kind.ts';
import type { ResourceKind } from './kind.ts';
import { productFiles } from './product/product-files.ts';
import { productKind } from './product/product-kind.ts';
import type { FileLayout } from './repository-layout.ts';

/** A kind with the layout of its files. */
export interface KeptKind {
  readonly kind: ResourceKind;
  readonly files: FileLayout;
}

/** The kinds of the tenant configuration repository. */
export const tenantKinds: readonly KeptKind[] = [
  { kind: clusterKind, files: clusterFiles },
  { kind: productKind, files: productFiles },
];
