import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

describe('files removed by hand', () => {
  const cluster = newClusters({ clusters: 14, tokenCacheMilliseconds: 0 });

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

  for (const [what, hosts] of [
    ['a file that names itself as its host', { two: 'two' }],
    ['two files that name each other as hosts', { two: 'three', three: 'two' }],
  ] as const) {
    it(`${what} and the address of another cluster end when they are removed, and hold up no other`, async () => {
      await using loop = await ControlLoop.start();
      const target = cluster();
      await loop.save('one', target, hostDraft);
      const { incarnation } = await loop.untilReady('one');
      await using clone = await loop.clone();
      const content = await clone.read('one');
      const names = Object.keys(hosts);
      for (const [name, host] of Object.entries(hosts)) {
        const renamed = content.replaceAll(incarnation, `by-hand-${name}`).replace(/name: one\b/, `name: ${name}`);
        const virtual = `clusterType: virtual\n  hostCluster: ${host}`;
        await clone.write(name, renamed.replace('clusterType: physical', virtual));
      }
      await clone.push('Copy the file of one by hand');
      for (const name of names) {
        await loop.until(name, ({ phase }) => phase !== 'Ready', 'looked at');
      }
      for (const name of names) await clone.remove(name);
      await clone.remove('one');
      await clone.push('Remove them');
      await loop.untilReceipt('one', incarnation);
      await loop.save('four', target, hostDraft);
      await loop.untilReady('four');
      await eventually(
        async () => ((await loop.parts.state.offboardings.list(CLUSTER_KIND)).length === 0 ? true : undefined),
        () => 'off-boardings stay',
      );
    });
  }

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
});
