import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

/** So long that no test sees periodic work. */
const settings = { driftMilliseconds: 24 * 3_600_000 };

describe('a look on request', () => {
  const cluster = newClusters({ clusters: 2, workloadDelayMilliseconds: 20 });

  const untilChecked = (loop: ControlLoop, name: string, since: string) =>
    loop.until(name, ({ lastCheckedAt = '' }) => lastCheckedAt >= since, `checked since ${since}`);

  it('repairs what was changed, and the status says when it began', async () => {
    await using loop = await ControlLoop.start({ settings });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    target.delete('apps/v1', 'Deployment', 'traefik', 'traefik');
    const { requestedAt } = await loop.sync('one');
    await untilChecked(loop, 'one', requestedAt);
    await loop.untilReady('one');
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
    assert.equal((await loop.untilEvent('one', 'SyncRequested')).message, 'check requested by ada');
  });

  it('ends also without an answer of the cluster', async () => {
    await using loop = await ControlLoop.start({ settings });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
    target.faults.set([{ kind: 'unreachable' }]);
    const { requestedAt } = await loop.sync('one');
    const status = await untilChecked(loop, 'one', requestedAt);
    assert.equal(status.phase, 'Degraded');
  });

  it('needs a cluster', async () => {
    await using loop = await ControlLoop.start({ settings });
    await assert.rejects(loop.sync('none'), { reason: 'ClusterNotFound' });
  });
});
