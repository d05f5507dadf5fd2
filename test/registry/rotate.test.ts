import assert from 'node:assert/strict';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { eventually } from '../harness/wait-until.ts';
import { hostDraft } from '../harness/cluster-drafts.ts';

describe('a rotation that is asked for', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
  });
  after(() => sandbox.close());

  it('is one commit, is carried out, and under the same key asks for nothing again', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('one', cluster, hostDraft);
    await loop.untilReady('one');
    assert.equal(await rotations(loop), 1);
    const asked = await loop.rotate('one', { key: 'monday' });
    assert.equal(asked.changed, true);
    const commit = await loop.parts.repo.lastCommit(clusterFiles, 'one', AbortSignal.timeout(10_000));
    assert.deepEqual([commit?.id, commit?.trailers.get('Operation')], [asked.commit, 'rotate']);
    await eventually(
      async () => ((await rotations(loop)) === 2 ? true : undefined),
      () => 'nothing was rotated',
    );
    await loop.untilReady('one');

    const again = await loop.rotate('one', { key: 'monday' });
    assert.deepEqual([again.changed, again.generation], [false, asked.generation]);
    const other = await loop.rotate('one', {});
    assert.equal(other.changed, true);
    assert.notEqual(other.generation, asked.generation);
  });

  it('is refused for a cluster that is not there or has changed since, and leaves the repository as it is', async () => {
    await using loop = await ControlLoop.start();
    await loop.save('one', cluster, hostDraft, { skipCheck: true });
    const { commit } = loop.parts.repo.snapshot();
    await assert.rejects(loop.rotate('two', {}), { reason: 'ClusterNotFound' });
    await assert.rejects(loop.rotate('one', { ifMatch: 'another' }), { reason: 'ClusterChanged' });
    await assert.rejects(loop.rotate('two', { ifMatch: '*' }), { reason: 'ClusterNotFound' });
    assert.equal(loop.parts.repo.snapshot().commit, commit);
    assert.equal((await loop.rotate('one', { ifMatch: '*' })).changed, true);
  });
});

/** How often a credential of our own was put in use. */
async function rotations(loop: ControlLoop): Promise<number> {
  return (await loop.events('one')).filter(({ reason }) => reason === 'CredentialRotated').length;
}
