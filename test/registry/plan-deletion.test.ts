import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render } from '../../src/messages/message.ts';
import type { DeletionPlan } from '../../src/registry/delete/deletion-plan.ts';
import { CLUSTER_KIND } from '../../src/resources/cluster/cluster-key.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { waitUntil } from '../harness/wait-until.ts';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { project: 'default' },
};

const reasonsOf = ({ findings }: DeletionPlan): readonly string[] =>
  findings.map((finding) => ('error' in finding ? finding.error.reason : finding.warning.id));

/** A plan for which the cluster has answered: on a busy machine it may take longer than a plan waits. */
function answered(loop: ControlLoop, force = false): Promise<DeletionPlan> {
  return waitUntil('the cluster answers in time', async () => {
    const plan = await loop.planDeletion('one', force);
    return plan.isReachable === true && plan;
  });
}

describe('the plan of a deletion', () => {
  const cluster = newClusters({ clusters: 3, tokenCacheMilliseconds: 0 });

  it('has what goes, what users would lose and what stays, and writes nothing', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target);
    const { incarnation } = await loop.untilReady('one');
    const before = loop.parts.repo.snapshot().commit;
    const inventory = await loop.inventory('one', incarnation);
    const free = await answered(loop);
    assert.deepEqual(reasonsOf(free), []);
    assert.deepEqual([free.lost, free.left], [[], []]);
    assert.deepEqual([free.virtualClusters, free.isReachable], [[], true]);
    assert.match(free.file, /(^|\/)clusters\/one\.yaml$/);
    assert.equal(free.removed.length, inventory.length);
    assert.ok(free.removed.some(({ component }) => component === 'argocd'));
    assert.ok(free.removed.some(({ component }) => component === 'access'));

    target.apply(APPLICATION, 'argocd-user');
    const used = await answered(loop);
    assert.deepEqual(reasonsOf(used), ['ClusterInUse']);
    assert.deepEqual(
      used.lost.map(({ object, of }) => `${object.kind} ${object.name} ${of}`),
      ['Application shop applications.argoproj.io'],
    );
    assert.deepEqual(
      used.left.map(({ name, reason }) => `${name}: ${render(reason, 'en')}`),
      ['applications.argoproj.io: it has 1 instances that others have made'],
    );
    const forced = await answered(loop, true);
    assert.deepEqual([reasonsOf(forced), forced.left], [[], []]);
    assert.equal(forced.lost.length, 1);

    assert.equal(loop.parts.repo.snapshot().commit, before);
    assert.deepEqual(await loop.parts.state.offboardings.list(CLUSTER_KIND), []);
    assert.deepEqual(await loop.inventory('one', incarnation), inventory);
    assert.equal((await loop.status('one'))?.phase, 'Ready');
  });

  it('of a cluster that does not answer is made from the records, and says so', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    const plan = await loop.planDeletion('one');
    assert.deepEqual(reasonsOf(plan), ['DeletionPlan.notAsked']);
    assert.equal(plan.isReachable, false);
    assert.equal(plan.removed.length, (await loop.inventory('one', incarnation)).length);
    target.faults.clear();
  });

  it('of a name that there is not is refused', async () => {
    await using loop = await ControlLoop.start();
    await assert.rejects(loop.planDeletion('nothing'), { reason: 'ClusterNotFound' });
  });
});
