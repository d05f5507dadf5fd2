import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const HOUR = 3_600_000;
/** So long that no test sees periodic work, and that the clock may be put forward without our token ending. */
const settings = { driftMilliseconds: 24 * HOUR, tokenSeconds: (48 * HOUR) / 1000 };

describe('a paused cluster', () => {
  const cluster = newClusters({ clusters: 6, workloadDelayMilliseconds: 20 });

  async function ready(loop: ControlLoop): Promise<SandboxCluster> {
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    return target;
  }

  const untilPaused = (loop: ControlLoop) =>
    loop.until('one', ({ paused, phase }) => paused !== undefined && phase === 'Ready', 'paused and Ready');

  async function look(loop: ControlLoop): Promise<void> {
    const { requestedAt } = await loop.sync('one');
    await loop.until('one', ({ lastCheckedAt = '' }) => lastCheckedAt >= requestedAt, 'checked');
  }

  const replicasOf = (target: SandboxCluster) => {
    const { spec } = target.get('apps/v1', 'Deployment', 'traefik', 'traefik') as { readonly spec?: object };
    return spec !== undefined && 'replicas' in spec ? spec.replicas : undefined;
  };

  function scale(target: SandboxCluster): void {
    const deployment = target.get('apps/v1', 'Deployment', 'traefik', 'traefik');
    assert.ok(deployment);
    const { apiVersion, kind, spec } = deployment;
    const metadata = { namespace: 'traefik', name: 'traefik' };
    target.apply({ apiVersion, kind, metadata, spec: { ...(spec as object), replicas: 3 } }, 'kubectl');
  }

  it('is checked and not repaired until it is resumed, and says who, since when and why', async () => {
    await using loop = await ControlLoop.start({ settings });
    const target = await ready(loop);
    await loop.pause('one', { reason: 'new racks' });
    const { paused, conditions } = await untilPaused(loop);
    assert.deepEqual([paused?.by, paused?.reason, paused?.until], ['ada', 'new racks', '']);
    const condition = conditions.find(({ type }) => type === 'Paused');
    assert.deepEqual([condition?.status, condition?.optional], ['True', true]);
    assert.match(condition?.message ?? '', /^paused by ada: .* \(new racks\)$/);
    scale(target);
    await look(loop);
    assert.equal(replicasOf(target), 3);
    target.delete('apps/v1', 'Deployment', 'traefik', 'traefik');
    await look(loop);
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
    assert.notEqual((await loop.status('one'))?.phase, 'Ready');
    await loop.resume('one');
    await loop.until('one', (status) => status.phase === 'Ready' && status.paused === undefined, 'resumed');
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
    const reasons = (await loop.events('one')).map(({ reason }) => reason);
    assert.ok(reasons.includes('Paused') && reasons.includes('PauseEnded'));
  });

  it('stays paused by saves, and changes of its components wait for the end', async () => {
    await using loop = await ControlLoop.start({ settings });
    const target = await ready(loop);
    await loop.pause('one', {});
    await untilPaused(loop);
    await loop.save('one', target, { ...hostDraft, primaryDomain: 'example.org' });
    await using clone = await loop.clone();
    assert.match(await clone.read('one'), /cluster\.nautes\.io\/paused: .*"by":"ada"/);
    assert.match(await clone.read('one'), /primaryDomain: example\.org/);
  });

  it('resumes by itself when the time has come', async () => {
    await using loop = await ControlLoop.start({ settings });
    await ready(loop);
    await loop.pause('one', { until: new Date(loop.clock.now() + 0.2 * HOUR).toISOString() });
    await untilPaused(loop);
    loop.clock.aheadMilliseconds += 0.3 * HOUR; // before half the life of our token, which ends by the cluster's clock
    await look(loop);
    await loop.until('one', (status) => status.phase === 'Ready' && status.paused === undefined, 'over');
    await loop.untilEvent('one', 'PauseEnded');
  });

  it('can be paused with a commit, and is deleted all the same', async () => {
    await using loop = await ControlLoop.start({ settings });
    await ready(loop);
    await using clone = await loop.clone();
    await clone.edit('one', (text) =>
      text.replace('  annotations:\n', "  annotations:\n    cluster.nautes.io/paused: 'true'\n"),
    );
    await clone.push('Pause one');
    const { incarnation } = await untilPaused(loop);
    await loop.delete('one');
    assert.equal((await loop.untilReceipt('one', incarnation)).outcome, 'Complete');
  });

  it('cannot be paused until a time that has passed, and not without being there', async () => {
    await using loop = await ControlLoop.start({ settings });
    await ready(loop);
    await assert.rejects(loop.pause('one', { until: '2020-01-01T00:00:00Z' }), { reason: 'ClusterInvalid' });
    await assert.rejects(loop.pause('none', {}), { reason: 'ClusterNotFound' });
  });

  it('pausing again with the same end and reason changes nothing', async () => {
    await using loop = await ControlLoop.start({ settings });
    await ready(loop);
    assert.equal((await loop.pause('one', { reason: 'r' })).changed, true);
    assert.equal((await loop.pause('one', { reason: 'r' })).changed, false);
    assert.equal((await loop.resume('one')).changed, true);
    assert.equal((await loop.resume('one')).changed, false);
  });
});
