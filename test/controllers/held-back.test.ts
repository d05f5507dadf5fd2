import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';
import { noRunJournal } from '../../src/reconcile/run-journal.ts';

describe('a cluster that was worked on at two unclean ends in a row', () => {
  const cluster = newClusters({ clusters: 1, workloadDelayMilliseconds: 20 });

  it('says why it waits and until when, and is tried at once when a person asks', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 24 * 3_600_000 } });
    await loop.save('one', cluster(), hostDraft);
    await loop.untilReady('one');
    await loop.shut();
    loop.change({ journal: { ...noRunJournal, unfinished: new Map([['Cluster/one', 12]]) } }); // 8.5 h, cut to 6 h
    await loop.open();

    const { phase, conditions } = await loop.untilReason('one', 'HeldBack');
    const ready = conditions.find(({ type }) => type === 'Ready');
    assert.deepEqual([phase, ready?.status], ['Degraded', 'Unknown']);
    assert.match(ready?.message ?? '', /^not looked at since .*Z: .* 12 times in a row, .* tried at .*Z$/);
    assert.match(ready?.remedy ?? '', /POST \/api\/v1\/clusters\/one\/sync\.$/);
    assert.equal((await loop.untilEvent('one', 'HeldBack')).type, 'Warning');

    await loop.sync('one');
    const healed = await loop.untilReady('one');
    assert.ok(healed.conditions.every(({ reason }) => reason !== 'HeldBack'));
  });
});
