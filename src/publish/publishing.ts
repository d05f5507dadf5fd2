import type { ManagementCluster } from '../management/index.ts';
import type { PublicationName } from '../resources/cluster/publication.ts';
import type { Publication } from './publication.ts';

/** What is published where, as it is configured. */
export interface Publishing {
  /** Whether clusters are published as soon as they are reached, or once all stages before are done. */
  readonly when: 'Ready' | 'Reachable';
  /** Where clusters are published; absent where that has ended and only what was published is withdrawn. */
  readonly management: ManagementCluster | undefined;
  /** The publications that are wanted, in order. */
  readonly selected: readonly Publication[];
  /** Every publication, for withdrawing what is no longer wanted. */
  readonly known: readonly Publication[];
  /** The management cluster of that name, as {@link placeOf} gives it; `undefined` when it is not configured (any more). */
  readonly at: (place: string) => ManagementCluster | undefined;
}

/** Where a management cluster is, without how it is configured: the inventory knows it by this. */
export function placeOf({ describe }: Pick<ManagementCluster, 'describe'>): string {
  return describe.split(' ', 1)[0] ?? describe;
}

/** The publication of that name. */
export function publicationNamed({ known }: Publishing, name: PublicationName): Publication | undefined {
  return known.find((publication) => publication.name === name);
}
