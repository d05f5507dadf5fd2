import { CLUSTER_KIND, clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import { render } from '../../src/messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import type { StatusView } from '../../src/contract/views.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const MINUTE = 60_000;
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { project: 'default' },
};

describe('taking clusters away', () => {
  const cluster = newClusters({ clusters: 11, tokenCacheMilliseconds: 0 });

  async function setReachable(target: SandboxCluster, reachable: boolean): Promise<void> {
    target.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
    await target.settled();
  }

  it('names what its users have built, keeps it when it appears later, and says so in the receipt', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    target.apply(APPLICATION, 'argocd-user');
    await assert.rejects(loop.delete('one'), (error: { reason?: string; message?: string }) => {
      assert.equal(error.reason, 'ClusterInUse');
      assert.match(error.message ?? '', /Application default\/shop/);
      return true;
    });
    assert.equal((await loop.status('one'))?.phase, 'Ready', 'a refused deletion leaves no trace');
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one although it is in use'); // nobody is asked then
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.ok(
      receipt.left.some(
        ({ name, reason }) => name === 'applications.argoproj.io' && /instance/.test(render(reason, 'en')),
      ),
    );
    assert.equal(receipt.outcome, 'Complete');
    assert.ok(target.get('argoproj.io/v1alpha1', 'Application', 'default', 'shop'));
    assert.equal(target.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'), undefined);
  });

  it('takes everything when forced', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    target.apply(APPLICATION, 'argocd-user');
    await loop.delete('one', true);
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.forced, receipt.left], ['Complete', true, []]);
    const lost = receipt.lost?.map(({ kind, name, of }) => `${kind} ${name} of ${of}`);
    assert.deepEqual([lost, receipt.lostTotal], [['Application shop of applications.argoproj.io'], 1]);
    assert.equal(target.get('argoproj.io/v1alpha1', 'Application', 'default', 'shop'), undefined);
  });

  it('forced, controllers stay while what users have built waits for a finalizer', async () => {
    await using loop = await ControlLoop.start({ settings: { graceMilliseconds: 60 * MINUTE } });
    const target = cluster();
    await loop.save('one', target);
    await loop.untilReady('one');
    const held = { ...APPLICATION.metadata, finalizers: ['resources-finalizer.argocd.argoproj.io'] };
    target.apply({ ...APPLICATION, metadata: held }, 'argocd-user');
    await loop.delete('one', true);
    await loop.until(
      'one',
      ({ conditions }) => conditions.some(({ message }) => /Application default\/shop waits for/.test(message)),
      'held',
    );
    const application = target.get('argoproj.io/v1alpha1', 'Application', 'default', 'shop');
    assert.ok((application?.['metadata'] as { deletionTimestamp?: string } | undefined)?.deletionTimestamp);
    assert.ok(target.get('apps/v1', 'Deployment', 'argocd', 'argocd-server'));
  });

  it('a dead cluster ends within the grace period with the residue and the commands that remove it', async () => {
    await using loop = await ControlLoop.start({ settings: { graceMilliseconds: 10 * MINUTE } });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await setReachable(target, false);
    const { commit } = await loop.delete('one');
    const offboardedOf = ({ conditions }: StatusView): StatusView['conditions'][number] | undefined =>
      conditions.find(({ type }) => type === 'Offboarded');
    const isWaiting = (status: StatusView): boolean => /waits for it until/.test(offboardedOf(status)?.message ?? '');
    const status = await loop.until('one', isWaiting, 'shown as waited for');
    assert.equal(status.phase, 'Deleting');
    const offboarded = offboardedOf(status);
    assert.match(offboarded?.remedy ?? '', /force=true/);
    loop.clock.aheadMilliseconds = 11 * MINUTE;
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.forced, receipt.commit], ['Incomplete', false, commit]);
    assert.equal(receipt.remaining.length, receipt.created.length);
    assert.ok(receipt.remaining.some((object) => object.command === 'kubectl delete namespace nautes-system'));
    assert.deepEqual(await loop.parts.secrets.list(AbortSignal.timeout(5_000)), []);
  });

  it('force ends the wait for a dead cluster at once', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await setReachable(target, false);
    await loop.delete('one');
    await loop.until('one', ({ phase }) => phase === 'Deleting', 'Deleting');
    await loop.delete('one', true);
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.forced], ['Incomplete', true]);
  });

  it('two deletions at the same time are one, with one receipt', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await Promise.all([loop.delete('one'), loop.delete('one'), loop.delete('one')]);
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.ok(receipt.created.length > 5);
    await loop.runAgain('one');
    assert.deepEqual(
      await loop.parts.state.offboardings.receipt(clusterKey('one')),
      receipt,
      'no later record has made an empty one of it',
    );
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    await assert.rejects(loop.delete('one'), { reason: 'ClusterNotFound' });
  });

  it('is finished after an end in the middle, with a receipt that is true', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'argocd' }]);
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    await loop.delete('one');
    await loop.until('one', ({ phase }) => phase === 'Deleting', 'Deleting');
    await loop.shut();
    target.faults.clear();
    await loop.open();
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    assert.equal(receipt.removed.length, receipt.created.length);
  });

  it('is finished when the end came between the loss of our own access and the receipt', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'traefik' }]);
    await loop.delete('one');
    await loop.until('one', ({ phase }) => phase === 'Deleting', 'Deleting');
    await loop.shut();
    // As if the server had ended right after its access was gone: nobody can look any more.
    await loop.open();
    const [record] = await loop.parts.state.offboardings.list(CLUSTER_KIND);
    assert.ok(record);
    const inventory = await loop.inventory('one', incarnation);
    const removed = inventory.filter(({ component }) => component !== 'access');
    const components = { removed, left: [], remaining: [] };
    await loop.putOffboarding({ ...record, components, access: {} });
    target.delete('v1', 'Namespace', '', 'nautes-system');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
  });

  it('waits for a credential that works until it is forced', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    await loop.save('one', target, { ...hostDraft, kubeconfig });
    const { incarnation } = await loop.untilReady('one');
    await loop.shut();
    for (const secret of target.list('v1', 'Secret', 'nautes-system')) {
      target.delete('v1', 'Secret', 'nautes-system', String((secret['metadata'] as { name?: unknown }).name));
    }
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    await loop.open();
    await loop.untilReason('one', 'ClusterUnauthorized');
    await loop.delete('one', true);
    assert.equal((await loop.untilReceipt('one', incarnation)).outcome, 'Incomplete');
  });

  it('a record whose commit never came is forgotten after a while', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.putOffboarding({
      cluster: 'one',
      incarnation,
      apiServer: target.server,
      hostCluster: '',
      requestedBy: 'ada',
      requestedAt: new Date().toISOString(),
      requestId: 'lost',
      forced: false,
      commit: '',
      startedAt: '',
    });
    await loop.runAgain('one');
    assert.equal((await loop.parts.state.offboardings.list(CLUSTER_KIND)).length, 1);
    loop.clock.aheadMilliseconds = 61 * MINUTE;
    await eventually(
      async () => ((await loop.parts.state.offboardings.list(CLUSTER_KIND)).length === 0 ? true : undefined),
      () => 'the record stays',
    );
    assert.equal((await loop.untilReady('one')).incarnation, incarnation);
  });
});
