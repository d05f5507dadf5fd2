import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { administeredDouble } from '../doubles/vault/administered.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { VaultSurroundings } from '../harness/vault-surroundings.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');

/** A server that keeps its credentials in files, and a Vault that it shall move to. */
describe('moving the credentials of a server to Vault', () => {
  let source: TargetClusterSource;
  let target: TargetCluster;
  let surroundings: VaultSurroundings;
  let server: NautesProcess;
  let client: ApiClient;
  let file: string;

  before(async () => {
    source = await sandboxSource(1);
    target = await source.create();
    surroundings = await VaultSurroundings.prepare(await administeredDouble({ tls: true }));
    server = await NautesProcess.start({ configuration: configuration('sealed') });
    client = await server.client('maintainer', 'ada');
    file = join(server.directory, 'both.yaml');
    await writeFile(file, stringifyYaml(configuration('vault')));
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await surroundings?.[Symbol.asyncDispose]();
    await source?.close();
  });

  function configuration(store: 'sealed' | 'vault'): Record<string, unknown> {
    const { secrets } = surroundings.configuration() as { secrets: Record<string, unknown> };
    return {
      secrets: { ...secrets, store },
      catalog: { files: source.catalogFiles },
      controllers: { driftSeconds: 1 },
      log: { level: 'warn' },
    };
  }

  const host = (): Record<string, unknown> => workerBody(target, { usage: 'host' });

  function migrate(from: string, to: string, ...more: readonly string[]): Promise<RunResult> {
    const args = [
      'secrets',
      'migrate',
      '--from',
      from,
      '--to',
      to,
      '--config',
      file,
      '--data-dir',
      server.dataDirectory,
    ];
    return run(COMMAND, [...args, ...more]);
  }

  it('is refused while the server runs, and the server notices nothing', async () => {
    assert.equal((await client.save('one', host())).status, 200);
    await client.waitForPhase('one', 'Ready');
    const { code, stderr } = await migrate('sealed', 'vault');
    assert.equal(code, 1);
    assert.match(stderr, /the data directory is in use by process \d+\n +Stop that server first/);
    assert.deepEqual(await surroundings.remains(), []);
  });

  it('a server with an empty Vault beside full files does not start', async () => {
    await server.stop();
    const { code, stderr } = await run(COMMAND, [
      'server',
      '--config',
      file,
      '--data-dir',
      server.dataDirectory,
      '--listen',
      '127.0.0.1:0',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /none of Nautes in Vault: every cluster would lose its own\n +Run: nautes secrets migrate/);
  });

  it('copies, reads back and says what to do next; run again it finds everything', async () => {
    const first = await migrate('sealed', 'vault');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /^1\/1 one$/m);
    assert.match(first.stdout.toString(), /^1 credentials of 1 registrations: 1 copied, 0 were there$/m);
    assert.match(first.stdout.toString(), /Now set secrets\.store to vault and start the server/);
    const second = await migrate('sealed', 'vault');
    assert.match(second.stdout.toString(), /: 0 copied, 1 were there$/m);
    assert.notEqual((await readdir(join(server.dataDirectory, 'secrets'))).length, 0);
  });

  it('the server continues with Vault: same credential, same names, nothing rotated', async () => {
    const moved = await NautesProcess.start({
      configuration: configuration('vault'),
      dataDirectory: server.dataDirectory,
    });
    try {
      const api = await moved.client('maintainer', 'bea');
      const status = await api.waitFor(
        'one',
        (found) => found?.phase === 'Ready' && found.conditions.some(({ type }) => type === 'SecretAccessReady'),
        'Ready with Vault',
      );
      const events = await api.events('one');
      assert.equal(events.filter(({ reason }) => reason === 'CredentialRotated').length, 1);
      const again = await api.save('one', host());
      assert.equal(again.body['commit'], status.commit, 'saving the same again changes nothing');
      assert.match(await surroundings.publishedKubeconfig('one'), new RegExp(target.server));
    } finally {
      await moved.stop();
      await rm(moved.directory, { recursive: true, force: true });
    }
  });

  it('a store that holds nothing is taken for a mistake', async () => {
    const { code, stderr } = await migrate('sealed', 'vault', '--data-dir', join(server.directory, 'elsewhere'));
    assert.equal(code, 1);
    assert.match(stderr, /there is nothing in the store sealed: check --data-dir/);
  });
});
