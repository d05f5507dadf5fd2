import type { ObjectReference } from '../object-reference.ts';

/** Repairs that are kept of a cluster, and what of each. */
export const MAXIMUM_KEPT_REPAIRS = 100;
const MAXIMUM_FIELDS = 20;
const MAXIMUM_TEXT = 200;

/** A change by others that was set back. */
export interface ClusterRepair {
  /** RFC 3339. */
  readonly time: string;
  readonly component: string;
  readonly object: ObjectReference;
  /** Paths such as `spec.replicas`; none when the object had been deleted. */
  readonly fields: readonly string[];
  /** Who had changed it, as the API server says; empty when that is not known. */
  readonly manager: string;
  /** A field of it was changed again and again, and is left alone since. */
  readonly contested: boolean;
}

/** The repairs with later ones, oldest first, without the oldest beyond the limit. Texts of the peer are cut. */
export function withRepairs(
  before: readonly ClusterRepair[] = [],
  later: readonly ClusterRepair[],
): readonly ClusterRepair[] {
  return [...before, ...later.map(bounded)].slice(-MAXIMUM_KEPT_REPAIRS);
}

function bounded({ fields, manager, ...repair }: ClusterRepair): ClusterRepair {
  const cut = (text: string): string => text.slice(0, MAXIMUM_TEXT);
  return { ...repair, fields: fields.slice(0, MAXIMUM_FIELDS).map(cut), manager: cut(manager) };
}
