import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import type { OffboardingRecord } from '../../src/model/inventory.ts';
import { ControlLoop, eventually, hostDraft } from '../harness/control-loop.ts';

/** How an off-boarding ends: undone, or in the middle of its last steps. */
describe('the end of an off-boarding', () => {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 12, basePort: 0, tokenCacheMilliseconds: 0 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

  it('a deletion that is undone is forgotten, and the next one begins anew', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    target.faults.set([{ kind: 'stuck-namespace', namespace: 'traefik' }]);
    await loop.delete('one', true);
    await untilRecord(loop, ({ reachedAt }) => reachedAt !== undefined);
    await using clone = await loop.clone();
    await clone.git('revert', '--no-edit', 'HEAD');
    await clone.git('push', '--quiet', 'origin', 'HEAD:main');
    target.faults.clear();
    const restored = await loop.untilReady('one');
    assert.equal(restored.incarnation, incarnation);
    assert.deepEqual(await loop.parts.status.offboardings(), []);
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
    target.faults.set([{ kind: 'unreachable' }]);
    await target.settled();
    await loop.delete('one');
    const again = await untilRecord(loop, ({ startedAt }) => startedAt !== '');
    assert.deepEqual([again.forced, again.reachedAt, again.components], [false, undefined, undefined]);
    target.faults.clear();
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.forced], ['Complete', false]);
  });

  it('a record that has begun is replaced by the next deletion of a cluster that is registered', async () => {
    await using loop = await ControlLoop.start({ settings: { driftMilliseconds: 3_600_000 } });
    const target = cluster();
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await loop.parts.status.putOffboarding({
      cluster: 'one',
      incarnation,
      apiServer: target.server,
      hostCluster: '',
      requestedBy: 'grace',
      requestedAt: '2020-01-01T00:00:00Z',
      requestId: 'undone',
      forced: true,
      commit: 'undone',
      startedAt: '2020-01-01T00:00:00Z',
      components: { removed: [], left: [], remaining: [] },
    });
    const { commit } = await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.commit, receipt.forced], ['Complete', commit, false]);
    assert.equal(receipt.removed.length, receipt.created.length);
    assert.equal(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'), undefined);
  });
});

function untilRecord(loop: ControlLoop, test: (record: OffboardingRecord) => boolean): Promise<OffboardingRecord> {
  return eventually(
    async () => (await loop.parts.status.offboardings()).find(test),
    () => 'there is no such record',
  );
}
