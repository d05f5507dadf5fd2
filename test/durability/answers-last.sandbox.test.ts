import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { dataPaths } from '../../src/server/configuration/data-paths.ts';
import { startServer } from '../../src/server/server.ts';
import { ApiClient, type ApiReply } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestCatalog } from '../harness/test-catalog.ts';
import { RecordedDisk, type Reopen, unrecordable } from './recorded-disk.ts';

const VERSION_1 = join(import.meta.dirname, '../../src/state/sqlite/testing/version-1.sql');

/** A server on a disk after a power loss, and the disk itself. */
interface Opened {
  readonly client: ApiClient;
  readonly dataDirectory: string;
}

describe('what a server has answered, after a power loss at any moment', { skip: unrecordable }, () => {
  let source: TargetClusterSource;
  let catalog: TestCatalog;

  before(async () => {
    source = await sandboxSource(5);
    const tool = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] } as const;
    catalog = await TestCatalog.create([tool]);
  });
  after(async () => {
    await catalog?.[Symbol.asyncDispose]();
    await source?.close();
  });

  function start(disk: RecordedDisk<Opened>, configuration: Readonly<Record<string, unknown>>): Promise<NautesProcess> {
    const { dataDirectory, launcher } = disk;
    const catalogFile = { catalog: { files: [catalog.file] } };
    return NautesProcess.start({ dataDirectory, launcher, configuration: { ...catalogFile, ...configuration } });
  }

  /** Starts a real server that leaves the clusters alone, and looks whether the repository is whole. */
  const reopen =
    (token: string): Reopen<Opened> =>
    async (dataDirectory, check) => {
      const configuration = await loadConfiguration({
        environment: { NAUTES_CATALOG_FILES: catalog.file },
        overrides: { dataDirectory, listen: '127.0.0.1:0', role: 'api' },
      });
      const server = await startServer(configuration, silentLogger, AbortSignal.timeout(60_000));
      try {
        const client = new ApiClient(() => server.url, token);
        assert.equal((await client.request('GET', '/readyz')).status, 200);
        await check({ client, dataDirectory });
      } finally {
        await server.close();
      }
      const { repository } = dataPaths(dataDirectory);
      const { code, stderr } = await run('git', ['--git-dir', repository, 'fsck', '--strict']);
      assert.equal(code, 0, stderr);
    };

  it('is there from the first start on, and nothing half is', async () => {
    await using disk = await RecordedDisk.create<Opened>();
    const [target, second, third] = [await source.create(), await source.create(), await source.create()];
    await using server = await start(disk, { controllers: { driftSeconds: 1, graceSeconds: 60 } });
    const client = await server.client();
    disk.note('a token', client.token, acceptsToken);

    const first = await client.save('one', workerBody(target));
    const saved = disk.note('a save', idOf(first), isRegistered('one', first));
    const { incarnation } = await client.waitForPhase('one', 'Ready');

    saved();
    const rotated = await client.request('POST', '/api/v1/clusters/one/rotate');
    const rotation = disk.note('a rotation', idOf(rotated), isRegistered('one', rotated));
    const { generation } = rotated.body;
    await client.waitFor(
      'one',
      (status) => status?.phase === 'Ready' && status.observedGeneration === generation,
      'the new credential',
    );

    const pair = await Promise.all([client.save('two', workerBody(second)), client.save('three', workerBody(third))]);
    for (const [index, reply] of pair.entries()) {
      const name = ['two', 'three'][index] ?? '';
      disk.note(`the save of ${name} beside another`, idOf(reply), isRegistered(name, reply));
    }

    rotation();
    const deleted = await client.delete('one');
    disk.note('a deletion', idOf(deleted), async (opened) => {
      assert.equal((await opened.client.request('GET', '/api/v1/clusters/one')).status, 404);
      const receipt = await opened.client.receipt('one');
      const status = await opened.client.status('one');
      assert.ok([receipt?.incarnation, status?.incarnation].includes(incarnation), 'the record of it is lost');
    });
    const receipt = await client.waitForReceipt('one', incarnation);
    const shown = await client.request('GET', '/api/v1/clusters/one/receipt');
    disk.note('a receipt', idOf(shown), async (opened) => {
      assert.deepEqual(await opened.client.receipt('one'), receipt);
    });
    await server.stop();
    assert.deepEqual(await disk.problems(reopen(client.token)), []);
  });

  it('is there after a start that migrates, in the role of an API, and what was there before too', async () => {
    await using disk = await RecordedDisk.create<Opened>(async (dataDirectory) => {
      await mkdir(dataDirectory, { recursive: true });
      const database = new DatabaseSync(dataPaths(dataDirectory).status);
      database.exec(await readFile(VERSION_1, 'utf8'));
      database.close();
    });
    const target = await source.create();
    await using server = await start(disk, { role: 'api' });
    disk.note('the start', server.url, async () => {});
    const client = await server.client();
    disk.note('a token', client.token, acceptsToken);
    const kept = await client.receipt('gone');
    assert.ok(kept);
    const shown = await client.request('GET', '/api/v1/clusters/gone/receipt');
    disk.note('a receipt of before', idOf(shown), async (opened) => {
      assert.deepEqual(await opened.client.receipt('gone'), kept);
    });
    const reply = await client.save('one', workerBody(target));
    disk.note('a save', idOf(reply), isRegistered('one', reply));
    await server.stop();
    assert.deepEqual(await disk.problems(reopen(client.token)), []);
  });

  it('is there after a cluster was taken over from another installation', async () => {
    const target = await source.create();
    const files = { catalog: { files: [catalog.file] } };
    await using other = await NautesProcess.start({ configuration: files });
    const holder = await other.client();
    assert.equal((await holder.save('one', workerBody(target))).status, 200);
    await holder.waitForPhase('one', 'Ready');
    await other.stop();

    await using disk = await RecordedDisk.create<Opened>();
    await using server = await start(disk, { role: 'api' });
    const client = await server.client();
    disk.note('a token', client.token, acceptsToken);
    const refused = await client.save('mine', workerBody(target));
    assert.notEqual(refused.status, 200);
    const taken = await client.save('mine', workerBody(target), '?take_over=true');
    disk.note('a take-over', idOf(taken), isRegistered('mine', taken));
    await server.stop();
    assert.deepEqual(await disk.problems(reopen(client.token)), []);
  });
});

function idOf(reply: ApiReply): string {
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return reply.headers.get('x-request-id') ?? '';
}

async function acceptsToken({ client }: Opened): Promise<void> {
  assert.equal((await client.request('GET', '/api/v1/clusters')).status, 200);
}

/** The file is that of the answer, and the credential of its registration is there. */
function isRegistered(name: string, { body: { generation } }: ApiReply): (opened: Opened) => Promise<void> {
  return async ({ client, dataDirectory }) => {
    const { status, headers, body } = await client.request('GET', `/api/v1/clusters/${name}`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(headers.get('etag'), `"${String(generation)}"`);
    assert.equal((await readdir(join(dataPaths(dataDirectory).secrets, name))).length, 1, 'the credential is lost');
  };
}
