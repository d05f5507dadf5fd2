import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';

const CLUSTERS = 'nautes/overlays/production/clusters';

describe('a configuration repository elsewhere', () => {
  let source: TargetClusterSource;
  let target: TargetCluster;
  let other: TargetCluster;
  let directory: string;
  let remote: string;
  let server: NautesProcess;
  let client: ApiClient;

  before(async () => {
    source = await sandboxSource(2);
    [target, other] = [await source.create(), await source.create()];
    directory = await mkdtemp(join(tmpdir(), 'nautes-remote-'));
    remote = join(directory, 'remote.git');
    await git('init', '--quiet', '--bare', '--initial-branch=main', remote);
    server = await NautesProcess.start({
      configuration: {
        git: { remote: `file://${remote}`, pollSeconds: 1 },
        catalog: { files: source.catalogFiles },
        log: { level: 'warn' },
      },
    });
    client = await server.client('maintainer', 'ada');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await source.close();
    await rm(directory, { recursive: true });
  });

  async function git(...args: readonly string[]): Promise<string> {
    const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.com'];
    const { code, stdout, stderr } = await run('git', [...identity, ...args]);
    assert.equal(code, 0, stderr);
    return stdout.toString();
  }

  it('has the commit of a save before the save is answered', async () => {
    const reply = await client.save('one', workerBody(target));
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal((await git('-C', remote, 'rev-parse', 'main')).trim(), reply.body['commit']);
    await client.waitForPhase('one', 'Ready');
  });

  it('takes a change that a person pushes, and a bad file only degrades itself', async () => {
    const clone = join(directory, 'clone');
    await git('clone', '--quiet', remote, clone);
    assert.equal((await client.save('two', workerBody(other))).status, 200);
    await client.waitForPhase('two', 'Ready');
    await git('-C', clone, 'pull', '--quiet');
    await writeFile(join(clone, CLUSTERS, 'two.yaml'), 'kind: [\n');
    await git('-C', clone, 'commit', '--quiet', '--all', '--message', 'Break two');
    await git('-C', clone, 'push', '--quiet');
    const status = await client.waitForPhase('two', 'Degraded');
    assert.ok(
      status.conditions.some(({ reason }) => reason === 'ClusterFileInvalid'),
      JSON.stringify(status.conditions),
    );
    assert.equal((await client.status('one'))?.phase, 'Ready');
    await git('-C', clone, 'revert', '--no-edit', 'HEAD');
    await git('-C', clone, 'push', '--quiet');
    await client.waitForPhase('two', 'Ready');
  });

  it('off-boards a cluster whose file a person removes, and names that person in the receipt', async () => {
    const clone = join(directory, 'clone');
    const { incarnation } = (await client.status('two')) ?? { incarnation: '' };
    await git('-C', clone, 'rm', '--quiet', `${CLUSTERS}/two.yaml`);
    await git('-C', clone, 'commit', '--quiet', '--message', 'Remove two');
    await git('-C', clone, 'push', '--quiet');
    const receipt = await client.waitForReceipt('two', incarnation);
    assert.equal(receipt.outcome, 'Complete');
    assert.equal(receipt.requestedBy, 'Grace');
    assert.equal((await client.status('one'))?.phase, 'Ready');
  });

  it('refuses a save in a sentence while the remote is away, and takes it when it is back', async () => {
    await run('mv', ['--', remote, `${remote}.away`]);
    const refused = await client.save('one', workerBody(target, { primary_domain: 'example.com' }));
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    assert.equal(refused.body['reason'], 'CONFIG_REPO_UNAVAILABLE');
    await run('mv', ['--', `${remote}.away`, remote]);
    const accepted = await client.save('one', workerBody(target, { primary_domain: 'example.com' }));
    assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
    assert.equal((await git('-C', remote, 'rev-parse', 'main')).trim(), accepted.body['commit']);
  });
});
