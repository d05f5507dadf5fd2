import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freeNodePorts } from '../../tools/net/ports.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { at, untilGone, virtualDraft } from '../harness/virtual-draft.ts';

const PORT = await freeNodePorts(1);

/** What a person changes in a file that makes another registration of it, and how everything goes all the same. */
describe('registrations changed by hand', () => {
  const cluster = newClusters({ clusters: 16, workloadDelayMilliseconds: 20 });

  /** A host that is ready, and whose file then gets the incarnation `another`. */
  async function withOtherIncarnation(loop: ControlLoop, target: SandboxCluster): Promise<string> {
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace(incarnation, 'another'));
    await clone.push('Change the incarnation');
    await loop.untilReason('one', 'IncarnationChanged');
    return incarnation;
  }

  async function untilNothingOfOursIsLeft(target: SandboxCluster): Promise<void> {
    const left = (): boolean =>
      target.get('apps/v1', 'Deployment', 'traefik', 'traefik') !== undefined ||
      target.get('v1', 'Namespace', '', 'nautes-system') !== undefined ||
      target.list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding').some((object) => /nautes/.test(nameOf(object)));
    await eventually(
      async () => (left() ? undefined : true),
      () => 'something of ours is left',
    );
  }

  it('an incarnation changed by hand: the deletion removes what was carried out, and registering again works', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    assert.ok(receipt.removed.some(({ name }) => name === 'traefik'));
    await untilNothingOfOursIsLeft(target);
    assert.deepEqual(await loop.parts.secrets.list(AbortSignal.timeout(5_000)), []);
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
  });

  it('an incarnation changed by hand: a removal by hand removes what was carried out', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    await untilNothingOfOursIsLeft(target);
  });

  it('an incarnation changed by hand: nothing is removed while the commit of the deletion has not come', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await loop.putOffboarding({
      cluster: 'one',
      incarnation,
      fileIncarnation: 'another',
      apiServer: target.server,
      hostCluster: '',
      requestedBy: 'ada',
      requestedAt: new Date().toISOString(),
      requestId: 'lost',
      forced: false,
      commit: '',
      startedAt: '',
    });
    await loop.shut();
    await loop.open(); // looks at everything
    await loop.runAgain('one');
    assert.equal((await loop.parts.state.offboardings.list(CLUSTER_KIND))[0]?.startedAt, '');
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
  });

  /** Hosts `host` and `host-2`, and a virtual cluster on the first whose file then says the second. */
  async function withOtherHost(loop: ControlLoop, first: SandboxCluster, second: SandboxCluster): Promise<string> {
    await loop.save('host', first, hostDraft);
    await loop.save('host-2', second, hostDraft);
    await loop.untilReady('host-2');
    await loop.save('one', at(first, PORT), virtualDraft(PORT));
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace('hostCluster: host', 'hostCluster: host-2'));
    await clone.push('Move it to another host');
    const stalled = await loop.untilReason('one', 'PlaceChanged');
    assert.equal(stalled.host?.cluster, 'host');
    assert.equal(second.get('v1', 'Namespace', '', 'vcluster-one'), undefined);
    return incarnation;
  }

  it('a host changed by hand: nothing is made there, and the deletion removes what is on the host before', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    const incarnation = await withOtherHost(loop, first, second);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    await untilGone(first, 'vcluster-one');
  });

  it('a host changed by hand: a save with it makes the cluster there and removes the one before', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    const incarnation = await withOtherHost(loop, first, second);
    await loop.save('one', at(second, PORT), virtualDraft(PORT, { hostCluster: 'host-2' }));
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.apiServer], ['Complete', at(first, PORT).server]);
    await untilGone(first, 'vcluster-one');
    const later = await loop.untilReady('one');
    assert.notEqual(later.incarnation, incarnation);
    assert.equal(later.host?.cluster, 'host-2');
  });

  it('a host changed by hand: a save with the one before continues the registration', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    const incarnation = await withOtherHost(loop, first, second);
    await loop.save('one', at(first, PORT), virtualDraft(PORT));
    assert.equal((await loop.untilReady('one')).incarnation, incarnation);
  });

  /** A physical cluster that is ready, and whose file then says that it is virtual. */
  async function withOtherType(loop: ControlLoop, host: SandboxCluster, target: SandboxCluster): Promise<string> {
    await loop.save('host', host, hostDraft);
    await loop.untilReady('host');
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) =>
      text.replace('clusterType: physical', 'clusterType: virtual\n  hostCluster: host'),
    );
    await clone.push('Make it virtual');
    await loop.untilReason('one', 'PlaceChanged');
    return incarnation;
  }

  function assertAllRemoved({ outcome, removed, created }: Receipt, target: SandboxCluster): void {
    assert.deepEqual([outcome, removed.length], ['Complete', created.length]);
    assert.equal(target.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'), undefined);
  }

  it('a physical cluster made virtual by hand: the deletion removes what is on the physical one', async () => {
    await using loop = await ControlLoop.start();
    const [host, target] = [cluster(), cluster()];
    const incarnation = await withOtherType(loop, host, target);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assertAllRemoved(receipt, target);
    assert.equal(receipt.apiServer, target.server);
    await untilNothingOfOursIsLeft(target);
  });

  it('a physical cluster made virtual by hand: a removal by hand removes what is on the physical one', async () => {
    await using loop = await ControlLoop.start();
    const [host, target] = [cluster(), cluster()];
    const incarnation = await withOtherType(loop, host, target);
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    assertAllRemoved(await loop.untilReceipt('one', incarnation), target);
    await untilNothingOfOursIsLeft(target);
  });
});

function nameOf(object: Readonly<Record<string, unknown>>): string {
  return (object['metadata'] as { readonly name: string }).name;
}
