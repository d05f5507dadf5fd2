import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('removals that are held back', () => {
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox({ clusters: NAMES.length, basePort: 0, tokenCacheMilliseconds: 0 });
  });
  after(() => sandbox.close());

  it('keep their cluster from another name until they are confirmed', async () => {
    await using loop = await ControlLoop.start();
    for (const [index, name] of NAMES.entries()) {
      const target = sandbox.clusters[index];
      assert.ok(target);
      await loop.save(name, target, hostDraft, { skipCheck: true });
    }
    const [target] = sandbox.clusters;
    assert.ok(target);
    for (const name of NAMES) await loop.untilReady(name);
    const { incarnation } = await loop.untilReady('a');
    await using clone = await loop.clone();
    for (const name of NAMES) await clone.remove(name);
    await clone.push('Remove all by mistake');
    for (const name of NAMES) await loop.untilReason(name, 'RemovalHeld');

    await loop.save('z', target, hostDraft, { skipCheck: true });
    const waiting = await loop.until(
      'z',
      ({ conditions }) => conditions.some(({ type, status }) => type === 'Reachable' && status !== 'Unknown'),
      'connected',
    );
    const reachable = waiting.conditions.find(({ type }) => type === 'Reachable');
    assert.equal(reachable?.reason, 'WaitingForOffboarding', reachable?.message);
    assert.match(reachable.message, /still that of a, whose removal waits to be confirmed/);
    const metadata = target.get('v1', 'Namespace', '', 'nautes-system')?.['metadata'];
    const { labels } = metadata as { readonly labels: Record<string, string> };
    assert.equal(labels['cluster.nautes.io/incarnation'], incarnation);

    await loop.delete('a');
    await loop.untilReceipt('a', incarnation);
    await loop.untilReady('z');
  });
});
