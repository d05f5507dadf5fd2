import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const DEFINITION = ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', '', 'applications.argoproj.io'] as const;
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { project: 'default' },
};
const NOTES = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes', namespace: 'argocd' } };

function uidOf(object: Readonly<Record<string, unknown>> | undefined): unknown {
  return (object?.['metadata'] as { uid?: string } | undefined)?.uid;
}

describe('registering a cluster again', () => {
  const cluster = newClusters({ clusters: 12, tokenCacheMilliseconds: 0 });

  async function setReachable(target: SandboxCluster, reachable: boolean): Promise<void> {
    target.faults.set(reachable ? [] : [{ kind: 'unreachable' }]);
    await target.settled();
  }

  it('what was left on a dead cluster is taken over when it is registered again, and goes with it', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const first = await loop.untilReady('one');
    await setReachable(target, false);
    await loop.delete('one', true);
    assert.equal((await loop.untilReceipt('one', first.incarnation)).outcome, 'Incomplete');
    await setReachable(target, true);
    await loop.save('two', target, hostDraft); // its node ports are taken by what was left
    const second = await loop.untilReady('two');
    await loop.delete('two');
    const receipt = await loop.untilReceipt('two', second.incarnation);
    assert.deepEqual([receipt.outcome, receipt.left], ['Complete', []]);
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });

  for (const name of ['one', 'other'] as const) {
    it(`what a deletion kept is ours again when the cluster is registered again as ${name}`, async () => {
      await using loop = await ControlLoop.start();
      const target = cluster();
      await loop.save('one', target);
      const first = await loop.untilReady('one');
      target.apply(APPLICATION, 'argocd-user');
      target.apply(NOTES, 'kubectl');
      const definition = target.get(...DEFINITION);
      await using clone = await loop.clone();
      await clone.remove('one');
      await clone.push('Remove one although it is in use');
      const kept = await loop.untilReceipt('one', first.incarnation);
      const names = kept.left.map(({ kind, name: left }) => `${kind} ${left}`);
      assert.deepEqual(names.sort(), ['CustomResourceDefinition applications.argoproj.io', 'Namespace argocd']);
      await loop.shut();
      await loop.open();
      const plan = await loop.plan(name, target);
      assert.deepEqual(
        plan.findings.filter(({ blocking }) => blocking),
        [],
      );
      await loop.save(name, target);
      const second = await loop.untilReady(name);
      assert.equal(uidOf(target.get(...DEFINITION)), uidOf(definition));
      assert.ok(target.get('argoproj.io/v1alpha1', 'Application', 'default', 'shop'));
      await assert.rejects(loop.delete(name), (error: { reason?: string; message?: string }) => {
        assert.equal(error.reason, 'ClusterInUse');
        assert.match(error.message ?? '', /Application default\/shop.*ConfigMap argocd\/notes/);
        return true;
      });
      target.delete('argoproj.io/v1alpha1', 'Application', 'default', 'shop');
      target.delete('v1', 'ConfigMap', 'argocd', 'notes');
      await loop.delete(name);
      const receipt = await loop.untilReceipt(name, second.incarnation);
      assert.deepEqual([receipt.outcome, receipt.left, receipt.remaining], ['Complete', [], []]);
      assert.equal(target.get(...DEFINITION), undefined);
      assert.equal(target.get('v1', 'Namespace', '', 'argocd'), undefined);
    });
  }

  it('the same name is registered again at once and waits visibly until the earlier registration is off', async () => {
    await using loop = await ControlLoop.start();
    const [first, second] = [cluster(), cluster()];
    await loop.save('one', first, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await setReachable(first, false);
    const { commit } = await loop.delete('one');
    await loop.until('one', ({ phase }) => phase === 'Deleting', 'Deleting');
    await loop.save('one', second, hostDraft);
    const waiting = await loop.untilEvent('one', 'WaitingForOffboarding');
    assert.notEqual(waiting.incarnation, incarnation);
    const visible = await loop.until(
      'one',
      ({ conditions }) => conditions.some(({ message }) => message.includes('new registration')),
      'shown as waited for',
    );
    assert.equal(visible.incarnation, incarnation);
    await setReachable(first, true);
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.commit, receipt.apiServer], ['Complete', commit, first.server]);
    const status = await loop.untilReady('one');
    assert.equal(status.incarnation, waiting.incarnation);
  });

  it('the same cluster under another name waits visibly until the earlier registration is off', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('before', target, hostDraft);
    const { incarnation } = await loop.untilReady('before');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'traefik' }]);
    await loop.delete('before');
    await loop.until('before', ({ phase }) => phase === 'Deleting', 'Deleting');
    await loop.save('after', target, hostDraft);
    const waiting = await loop.untilReason('after', 'WaitingForOffboarding');
    assert.match(waiting.conditions.find(({ type }) => type === 'Reachable')?.message ?? '', /before/);
    target.faults.clear();
    const receipt = await loop.untilReceipt('before', incarnation);
    assert.deepEqual([receipt.outcome, receipt.left, receipt.remaining], ['Complete', [], []]);
    const ready = await loop.untilReady('after');
    assert.equal(ready.components.length, 1);
    const namespace = target.get('v1', 'Namespace', '', 'traefik');
    assert.ok(namespace);
    const { labels } = namespace['metadata'] as { labels: Record<string, string> };
    assert.equal(labels['cluster.nautes.io/incarnation'], ready.incarnation);
  });

  it('a file that is renamed by hand is another registration, which waits for the one before', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const kubeconfig = target.kubeconfig();
    await loop.save('before', target, { ...hostDraft, kubeconfig });
    const { incarnation } = await loop.untilReady('before');
    await using clone = await loop.clone();
    await clone.write('after', (await clone.read('before')).replace('name: before', 'name: after'));
    await clone.remove('before');
    await clone.push('Rename before to after');
    assert.equal((await loop.untilReceipt('before', incarnation)).outcome, 'Complete');
    await loop.untilReason('after', 'CredentialMissing');
    await loop.save('after', target, { ...hostDraft, kubeconfig });
    await loop.untilReady('after');
  });
});
