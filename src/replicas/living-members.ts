import { sleep } from '../base/async/timing.ts';
import { textAt } from '../kube-objects/kube-object.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../management/index.ts';
import { LEASE_LABEL } from './lease-api.ts';
import { DURATION_MILLISECONDS, LOOK_MILLISECONDS } from './protocol.ts';

/**
 * Names of replicas that work in the namespace now: those whose Lease changes while we look, as `renewTime` is of another
 * clock. Resolves at the first change that is seen; when there is none, after the time in which a replica renews its Lease.
 */
export async function livingMembers(cluster: ManagementCluster, signal: AbortSignal): Promise<readonly string[]> {
  const before = await membersOf(cluster, signal);
  if (before.size === 0) return [];
  const end = performance.now() + DURATION_MILLISECONDS;
  while (performance.now() < end) {
    await sleep(LOOK_MILLISECONDS, signal);
    const now = await membersOf(cluster, signal);
    const changed = [...now].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
    if (changed.length > 0) return changed;
    if (now.size === 0) return [];
  }
  return [];
}

/** The resource version of the Lease of each replica that has not ended. */
async function membersOf(cluster: ManagementCluster, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const client = await cluster.client(signal);
  const selection = { namespace: cluster.namespace, labelSelector: `${LEASE_LABEL}=member` };
  const { items } = await client.list(wellKnown.lease, selection, signal);
  const held = items.filter((lease) => textAt(lease, 'spec', 'holderIdentity') !== '');
  return new Map(held.map(({ metadata }) => [metadata.name, metadata.resourceVersion ?? '']));
}
