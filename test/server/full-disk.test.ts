import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { run } from '../../src/base/programs/process.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { TokenFiles } from '../../src/identity/index.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { type NautesServer, startServer } from '../../src/server/server.ts';
import { ApiClient } from '../harness/api-client.ts';
import { waitUntil } from '../harness/wait-until.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');
const SIZE = '64m';

const directory = await mkdtemp(join(tmpdir(), 'nautes-full-'));
const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', directory]).catch(() => ({
  code: -1,
}));

describe('a disk that becomes full', {
  skip: mounted.code === 0 ? false : 'no file system can be mounted here',
}, () => {
  let sandbox: Sandbox;
  let server: NautesServer;
  let client: ApiClient;
  const data = join(directory, 'data');

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const configuration = await loadConfiguration({
      environment: { NAUTES_CATALOG_FILES: STAND_INS },
      overrides: { dataDirectory: data, listen: '127.0.0.1:0', role: 'api' },
    });
    server = await startServer(configuration, silentLogger, AbortSignal.timeout(120_000));
    const token = await new TokenFiles(join(data, 'tokens')).create({ name: 'ada', role: 'maintainer' });
    client = new ApiClient(() => server.url, token.reveal());
  });
  after(async () => {
    await server?.close();
    await sandbox?.close();
    await run('umount', [directory]);
    await rm(directory, { recursive: true });
  });

  function save() {
    const [cluster] = sandbox.clusters;
    assert.ok(cluster);
    const more = { api_server: cluster.server, kubeconfig: cluster.kubeconfig() };
    return client.save('one', { cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'host', ...more });
  }

  async function untilChecks(isSo: (checks: Readonly<Record<string, string>>) => boolean) {
    return waitUntil('the checks', async () => {
      const { body } = await client.request('GET', '/readyz');
      const checks = body['checks'] as Readonly<Record<string, string>>;
      return isSo(checks) && checks;
    });
  }

  it('is named for each store that cannot write, and a failed save leaves nothing behind', async () => {
    const files = (await readdir(data, { recursive: true })).toSorted();
    const filler = join(directory, 'filler');
    await fill(filler);
    const checks = await untilChecks(({ disk }) => disk === 'failed');
    assert.deepEqual(
      [checks['config_repository'], checks['secret_store'], checks['token_store']],
      ['failed', 'failed', 'degraded'],
    );
    const refused = await save();
    assert.equal(refused.status, 503, JSON.stringify(refused.body));
    // The cache of sources fills by itself.
    const left = (await readdir(data, { recursive: true })).filter((path) => !/^(secrets\/one|sources)/.test(path));
    assert.deepEqual(
      left.toSorted(),
      files.filter((path) => !path.startsWith('sources')),
    );
    assert.deepEqual(await filesOf(join(data, 'secrets')), []);

    await rm(filler);
    await untilChecks(({ config_repository, disk }) => config_repository === 'ok' && disk !== 'failed');
    assert.equal((await save()).status, 200);
  });
});

async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const size of [1024 * 1024, 4096, 1]) {
      const chunk = Buffer.alloc(size);
      while (
        await handle.write(chunk).then(
          ({ bytesWritten }) => bytesWritten === size,
          () => false,
        )
      );
    }
  } finally {
    await handle.close();
  }
}

async function filesOf(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
