import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { sleep } from '../../src/base/timing.ts';
import { ControlLoop, eventually, hostDraft } from '../harness/control-loop.ts';

/** What a person changes in a file that makes another registration of it, and how everything goes all the same. */
describe('registrations changed by hand', () => {
  let sandbox: Sandbox;
  let next = 0;

  before(async () => {
    sandbox = await startSandbox({ clusters: 12, basePort: 0, workloadDelayMilliseconds: 20 });
  });
  after(() => sandbox.close());

  function cluster(): SandboxCluster {
    const found = sandbox.clusters[next];
    next += 1;
    assert.ok(found);
    return found;
  }

  /** A host that is ready, and whose file then gets the incarnation `another`. */
  async function withOtherIncarnation(loop: ControlLoop, target: SandboxCluster): Promise<string> {
    await loop.save('one', target, hostDraft);
    const { incarnation } = await loop.untilReady('one');
    await using clone = await loop.clone();
    await clone.edit('one', (text) => text.replace(incarnation, 'another'));
    await clone.push('Change the incarnation');
    await loop.untilReason('one', 'IncarnationChanged');
    return incarnation;
  }

  async function untilNothingOfOursIsLeft(target: SandboxCluster): Promise<void> {
    const left = (): boolean =>
      target.get('apps/v1', 'Deployment', 'traefik', 'traefik') !== undefined ||
      target.get('v1', 'Namespace', '', 'nautes-system') !== undefined ||
      target.list('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding').some((object) => /nautes/.test(nameOf(object)));
    await eventually(
      async () => (left() ? undefined : true),
      () => 'something of ours is left',
    );
  }

  it('an incarnation changed by hand: the deletion takes away what was carried out, and registering again works', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual([receipt.outcome, receipt.remaining], ['Complete', []]);
    assert.ok(receipt.removed.some(({ name }) => name === 'traefik'));
    await untilNothingOfOursIsLeft(target);
    assert.deepEqual(await loop.parts.secrets.list(AbortSignal.timeout(5_000)), []);
    assert.deepEqual(await loop.parts.status.offboardings(), []);
    await loop.save('one', target, hostDraft);
    await loop.untilReady('one');
  });

  it('an incarnation changed by hand: a removal by hand takes away what was carried out', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await using clone = await loop.clone();
    await clone.remove('one');
    await clone.push('Remove one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    await untilNothingOfOursIsLeft(target);
  });

  it('an incarnation changed by hand: nothing is taken away while the commit of the deletion has not come', async () => {
    await using loop = await ControlLoop.start();
    const target = cluster();
    const incarnation = await withOtherIncarnation(loop, target);
    await loop.parts.status.putOffboarding({
      cluster: 'one',
      incarnation,
      fileIncarnation: 'another',
      apiServer: target.server,
      hostCluster: '',
      requestedBy: 'ada',
      requestedAt: new Date().toISOString(),
      requestId: 'lost',
      forced: false,
      commit: '',
      startedAt: '',
    });
    await loop.shut();
    await loop.open(); // looks at everything
    await sleep(500);
    assert.equal((await loop.parts.status.offboardings())[0]?.startedAt, '');
    assert.ok(target.get('apps/v1', 'Deployment', 'traefik', 'traefik'));
  });
});

function nameOf(object: Readonly<Record<string, unknown>>): string {
  return (object['metadata'] as { readonly name: string }).name;
}
