import { CLUSTER_KIND, clusterKey } from '../../src/resources/cluster/cluster-key.ts';
import { render } from '../../src/messages/message.ts';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { run } from '../../src/base/programs/process.ts';
import type { StatusView } from '../../src/contract/views.ts';
import { ControlLoop, eventually, hostDraft } from '../harness/control-loop.ts';

const MINUTE = 60_000;
const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { project: 'default' },
};

describe('taking clusters away', () => {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 40, basePort: 0, tokenCacheMilliseconds: 0 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

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

  it('a removal by hand is carried out, and the receipt names who made the commit', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.requestedBy, 'grace');
    assert.equal(receipt.commit, (await clone.git('rev-parse', 'HEAD')).trim());
    assert.equal(receipt.apiServer, target.server);
    assert.equal(receipt.outcome, 'Complete');
    await eventually(
      async () => (target.get('v1', 'Namespace', '', 'nautes-system') === undefined ? true : undefined),
      () => 'our namespace stays', // it ends without us
    );
  });

  it('a removal by hand while the server was down is carried out at its start', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.shut();
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    await loop.open();
    assert.equal((await loop.untilReceipt('one', incarnation)).requestedBy, 'grace');
  });

  it('a crowd of removals by hand removes nothing until a maintainer deletes each by name, also after restarts', async () => {
    await using loop = await ControlLoop.start();
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const incarnations = new Map<string, string>();
    for (const name of names) await loop.save(name, cluster(), hostDraft, { skipCheck: true });
    for (const name of names) incarnations.set(name, (await loop.untilReady(name)).incarnation);
    await using clone = await loop.clone();
    const lost = names.slice(0, 6);
    for (const name of lost) await clone.remove(name);
    await clone.push('Remove nearly all by mistake');
    for (const name of lost) {
      const status = await loop.untilReason(name, 'RemovalHeld');
      assert.equal(status.phase, 'Degraded');
      assert.match(
        status.conditions.find(({ type }) => type === 'Ready')?.remedy ?? '',
        new RegExp(`clusters/${name}`),
      );
    }
    assert.equal((await loop.untilReady('g')).phase, 'Ready');
    await loop.delete('a');
    await loop.untilReceipt('a', incarnations.get('a') ?? '');
    for (const restart of [1, 2]) {
      await loop.shut();
      await loop.open();
      for (const name of lost) await loop.runAgain(name);
      assert.deepEqual(
        await loop.parts.state.offboardings.list(CLUSTER_KIND),
        [],
        `${restart}: five are no crowd, and yet held`,
      );
    }
    await clone.git('revert', '--no-edit', 'HEAD');
    await clone.git('rm', '--quiet', '--', 'nautes/overlays/production/clusters/a.yaml'); // that one is gone for good
    await clone.push('Restore them');
    for (const name of lost.slice(1)) {
      const status = await loop.until(name, ({ phase }) => phase === 'Ready', 'Ready again');
      assert.equal(status.incarnation, incarnations.get(name));
      assert.equal(
        status.conditions.some(({ type }) => type === 'Offboarded'),
        false,
      );
    }
  });

  it('an unrelated history removes nothing', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.git('checkout', '--quiet', '--orphan', 'other');
    await clone.remove('one');
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'Begin anew');
    await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/other'); // main itself refuses what does not descend
    const move = ['--git-dir', loop.repositoryDirectory, 'update-ref', 'refs/heads/main', 'refs/heads/other'];
    assert.equal((await run('git', move)).code, 0);
    await loop.untilReason('one', 'RemovalHeld');
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
  });

  it('a history that was rewritten while the server was down removes nothing', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('kept', cluster(), hostDraft);
    await loop.save('lost', cluster(), hostDraft);
    const { incarnation } = await loop.untilReady('lost');
    await loop.untilReady('kept');
    await loop.shut();
    const rewrite = ['--git-dir', loop.repositoryDirectory, 'update-ref', 'refs/heads/main', 'main~1'];
    assert.equal((await run('git', rewrite)).code, 0);
    await loop.open();
    const held = await loop.untilReason('lost', 'RemovalHeld');
    assert.equal(held.incarnation, incarnation);
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    await loop.untilReady('kept');
    await loop.delete('lost');
    assert.equal((await loop.untilReceipt('lost', incarnation)).outcome, 'Complete');
  });

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
