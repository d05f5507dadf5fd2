import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlLoop, eventually } from '../harness/control-loop.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** Once in a look. */
const LOOK = /^get \/version$/;
const LOOKS = 8;

describe('looks at a cluster on which nothing has changed', () => {
  const cluster = newClusters({ clusters: 1 });

  it('read no health, and see at once that a workload is no longer available', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 100 } });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const looks = async (count: number): Promise<void> => {
      const end = target.counters.total(LOOK) + count;
      await eventually(
        () => Promise.resolve(target.counters.total(LOOK) >= end || undefined),
        () => 'too few looks',
      );
    };
    await looks(3);
    const before = { ...target.counters.requests };
    await looks(LOOKS);
    const of = (request: string): number => (target.counters.requests[request] ?? 0) - (before[request] ?? 0);
    assert.equal(of('get deployments.apps'), 0);
    assert.equal(of('get statefulsets.apps'), 0);
    assert.equal(of('get /apis'), 0, 'the kinds are known');
    assert.ok(of('get namespaces') <= 2 * LOOKS + 4, 'those that tell who holds the cluster');
    assert.ok(of('list deployments.apps') <= LOOKS + 2, 'the metadata alone');

    target.faults.set([{ kind: 'never-ready', name: 'argocd-server', reason: 'CrashLoopBackOff' }]);
    target.delete('apps/v1', 'ReplicaSet', 'argocd', nameOfReplicaSet(target));
    await loop.until('one', ({ phase }) => phase === 'Degraded' || phase === 'Provisioning', 'no longer Ready');
    target.faults.clear();
    await loop.untilReady('one');
  });
});

function nameOfReplicaSet(target: { list(apiVersion: string, kind: string, namespace: string): unknown[] }): string {
  const all = target.list('apps/v1', 'ReplicaSet', 'argocd') as { metadata: { name: string } }[];
  const found = all.find(({ metadata }) => metadata.name.startsWith('argocd-server-'));
  assert.ok(found, 'there is a ReplicaSet of argocd-server');
  return found.metadata.name;
}
