import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** Once in a look. */
const LOOK = /^get \/version$/;
const LOOKS = 8;

describe('looks at a cluster on which nothing has changed', () => {
  const cluster = newClusters({ clusters: 2 });

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
    assert.ok(of('get namespaces') <= 4, 'who holds the cluster is among what is listed');
    assert.ok(of('list deployments.apps') <= LOOKS + 2, 'the metadata alone');

    target.faults.set([{ kind: 'never-ready', name: 'argocd-server', reason: 'CrashLoopBackOff' }]);
    target.delete('apps/v1', 'ReplicaSet', 'argocd', nameOfReplicaSet(target));
    await loop.until('one', ({ phase }) => phase === 'Degraded' || phase === 'Provisioning', 'no longer Ready');
    target.faults.clear();
    await loop.untilReady('one');
  });

  it('see between them what happens to Services, Deployments and definitions, and ask for nothing else', async () => {
    const settings = { driftMilliseconds: 24 * 3_600_000, quickLookMilliseconds: 100 };
    await using loop = await ControlLoop.start({ settings });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const quick = 'list services';
    const looks = async (): Promise<void> => {
      const end = (target.counters.requests[quick] ?? 0) + LOOKS;
      await eventually(
        () => Promise.resolve((target.counters.requests[quick] ?? 0) >= end || undefined),
        () => 'too few looks',
      );
    };
    await looks();
    const before = target.counters.total();
    const services = target.counters.requests[quick] ?? 0;
    await looks();
    const asked = (target.counters.requests[quick] ?? 0) - services;
    assert.ok(target.counters.total() - before <= 4 * (asked + 1), 'the version, and a list of each of three kinds');

    target.delete('v1', 'Service', 'argocd', 'argocd-server');
    await eventually(
      () => Promise.resolve(target.get('v1', 'Service', 'argocd', 'argocd-server')),
      () => 'the Service was not made again',
    );
    await loop.untilReady('one');
  });
});

function nameOfReplicaSet(target: { list(apiVersion: string, kind: string, namespace: string): unknown[] }): string {
  const all = target.list('apps/v1', 'ReplicaSet', 'argocd') as { metadata: { name: string } }[];
  const found = all.find(({ metadata }) => metadata.name.startsWith('argocd-server-'));
  assert.ok(found, 'there is a ReplicaSet of argocd-server');
  return found.metadata.name;
}
