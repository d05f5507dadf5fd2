import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeNodePorts } from '../../tools/net/ports.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { at, untilGone, virtualDraft } from '../harness/virtual-draft.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** The first of some that are used in turn. */
const PORT = await freeNodePorts(5);

function virtualOf(host: SandboxCluster): SandboxCluster {
  const [virtual] = host.virtualClusters;
  assert.ok(virtual, 'no virtual cluster runs');
  return virtual;
}

describe('virtual clusters in trouble', () => {
  const cluster = newClusters({ clusters: 10, workloadDelayMilliseconds: 20 });

  it('go with their host’s objects also when their control plane is dead', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const { incarnation } = await loop.untilReady('one');
    virtualOf(host).faults.set([{ kind: 'hang' }]);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    await untilGone(host, 'vcluster-one');
  });

  it('on a dead host end within the grace period, or at once by force, and name what stays there', async () => {
    await using loop = await ControlLoop.start({ settings: { graceMilliseconds: 1_500 } });
    const host = cluster();
    await loop.save('host', host, hostDraft);
    for (const [name, port] of [
      ['one', PORT],
      ['two', PORT + 1],
    ] as const) {
      await loop.save(name, at(host, port), virtualDraft(port));
    }
    const one = await loop.untilReady('one');
    const two = await loop.untilReady('two');
    await setReachable(host, false);
    await loop.delete('one', true);
    await loop.delete('two');
    const first = await loop.untilReceipt('one', one.incarnation);
    const second = await loop.untilReceipt('two', two.incarnation);
    for (const [name, receipt] of [
      ['one', first],
      ['two', second],
    ] as const) {
      assert.equal(receipt.outcome, 'Incomplete');
      assert.equal(receipt.remaining.length, receipt.created.length);
      const inside = receipt.remaining.find(({ name: object }) => object === 'argocd-server');
      assert.equal(inside?.command, `kubectl delete namespace vcluster-${name}`);
    }
    await loop.delete('host', true);
    await setReachable(host, true);
  });

  it('are kept as declared on their host, and inside', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    await loop.untilReady('one');
    host.delete('v1', 'Service', 'vcluster-one', 'vcluster');
    const repair = await loop.untilEvent('one', 'DriftRepaired');
    assert.match(repair.message, /Service vcluster-one\/vcluster/);
    await loop.untilReady('one');
    const virtual = await eventually(
      async () => host.virtualClusters[0],
      () => 'it does not come back',
    );
    virtual.delete('apps/v1', 'Deployment', 'argocd', 'argocd-server');
    await eventually(
      async () => (await loop.events('one')).find(({ message }) => message.includes('argocd-server: had been deleted')),
      () => 'not repaired inside',
    );
  });

  it('recover through their host when their credential has ended', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    const virtual = virtualOf(host);
    for (const secret of virtual.list('v1', 'Secret', 'nautes-system')) {
      virtual.delete('v1', 'Secret', 'nautes-system', String((secret['metadata'] as { name?: unknown }).name));
    }
    await loop.until(
      'one',
      ({ phase, credential }) => phase === 'Ready' && credential.rotatedAt !== earlier.credential.rotatedAt,
      'Ready with another credential',
    );
  });

  it('recover through their host when their namespace there is deleted by hand', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const earlier = await loop.untilReady('one');
    host.delete('v1', 'Namespace', '', 'vcluster-one');
    await loop.until(
      'one',
      ({ kubernetes }) => kubernetes.uid !== earlier.kubernetes.uid,
      'another Kubernetes cluster',
    );
    await eventually(
      async () => virtualOf(host).get('apps/v1', 'Deployment', 'argocd', 'argocd-server'),
      () => 'it is not filled again',
    );
    assert.equal((await loop.untilReady('one')).incarnation, earlier.incarnation);
    const stored = await loop.parts.secrets.list(AbortSignal.timeout(5_000), 'one');
    assert.deepEqual(
      stored.map(({ active }) => active),
      [true],
    );
  });

  it('say that their host is the cause, and are looked after all the same', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    await loop.untilReady('one');
    host.faults.set([{ kind: 'status', code: 500 }]);
    const status = await loop.untilReason('one', 'HostUnreachable');
    assert.equal(status.phase, 'Degraded');
    const virtual = virtualOf(host);
    virtual.delete('apps/v1', 'Deployment', 'argocd', 'argocd-server');
    await eventually(
      async () => virtual.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'),
      () => 'nothing is repaired inside while the host is away',
    );
    host.faults.clear();
    await loop.untilReady('one');
  });

  it('are finished after an end in the middle', async () => {
    await using loop = await ControlLoop.start();
    const host = cluster();
    host.faults.set([{ kind: 'never-ready', namespace: 'vcluster-one', name: 'vcluster' }]);
    await loop.save('host', host, hostDraft);
    await loop.save('one', at(host, PORT), virtualDraft(PORT));
    const waiting = await loop.until(
      'one',
      ({ components }) => components.some(({ phase }) => phase === 'Installing'),
      'installing',
    );
    assert.equal(waiting.components[0]?.name, 'vcluster');
    await loop.shut();
    host.faults.clear();
    await loop.open();
    await loop.untilReady('one');
  });
});

async function setReachable(cluster: SandboxCluster, reachable: boolean): Promise<void> {
  cluster.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
  await cluster.settled();
}
