import { NautesError } from '../base/errors.ts';
import type { ClusterEntry } from '../config-repo/config-repo.ts';
import type { Cluster } from '../model/cluster.ts';

type Clusters = ReadonlyMap<string, ClusterEntry>;

/**
 * What a cluster must fulfil in the company of the others. The one place of these rules: it runs before the preflight
 * on what is known, and decides again in the commit on the tree left by the request before it.
 * @throws NautesError of the first rule that is broken
 */
export function checkAgainstOthers(cluster: Cluster, clusters: Clusters): void {
  const before = clusters.get(cluster.name)?.cluster;
  if (before !== undefined) checkReferencedVariety(before, cluster, clusters);
  for (const [name, entry] of clusters) {
    if (name !== cluster.name && entry.cluster !== undefined) checkIdentity(cluster, entry.cluster);
  }
}

/** One Kubernetes cluster has one name. */
function checkIdentity(cluster: Cluster, other: Cluster): void {
  const sameUid = cluster.kubernetesUid !== undefined && cluster.kubernetesUid === other.kubernetesUid;
  const sameAddress = cluster.spec.apiServer === other.spec.apiServer;
  if (sameUid || sameAddress) throw new NautesError('ClusterRegisteredTwice', { other: other.name });
}

/** A host that carries virtual clusters stays a host, at the same kind of place. */
function checkReferencedVariety(before: Cluster, after: Cluster, clusters: Clusters): void {
  if (virtualClustersOf(before.name, clusters).length === 0) return;
  for (const field of ['usage', 'clusterType'] as const) {
    if (before.spec[field] !== after.spec[field]) {
      throw new NautesError('VarietyLocked', { field, cluster: before.name });
    }
  }
}

/** Names of the virtual clusters on a host. */
export function virtualClustersOf(host: string, clusters: Clusters): readonly string[] {
  return [...clusters.values()].filter(({ cluster }) => cluster?.spec.hostCluster === host).map(({ name }) => name);
}

/** @throws NautesError `ClusterIsHost` */
export function checkMayBeDeleted(name: string, clusters: Clusters): void {
  const others = virtualClustersOf(name, clusters);
  if (others.length > 0) throw new NautesError('ClusterIsHost', { cluster: name, others: others.join(', ') });
}
