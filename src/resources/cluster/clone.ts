import type { RegisteredClusters } from './cluster-files.ts';
import type { Cluster } from './cluster.ts';

/**
 * Whether two registrations are of different Kubernetes clusters although both have the same UID, because one was copied
 * from the other, or both from a third: a person has said so.
 */
export function areCopies(one: Pick<Cluster, 'name' | 'spec'>, other: Pick<Cluster, 'name' | 'spec'>): boolean {
  const [first, second] = [one.spec.cloneOf, other.spec.cloneOf];
  return first === other.name || second === one.name || (first !== undefined && first === second);
}

/** The registration whose objects came along with the copy: what it made there is the copy's now. */
export function incarnationOfOriginal(
  { spec }: Pick<Cluster, 'spec'>,
  clusters: RegisteredClusters,
): readonly string[] {
  const original = spec.cloneOf === undefined ? undefined : clusters.get(spec.cloneOf)?.resource;
  return original === undefined ? [] : [original.incarnation];
}
