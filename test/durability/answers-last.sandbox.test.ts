import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { configMap } from '../../src/kube/testing/fixture.contract.ts';
import { sha256 } from '../../src/base/hash.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { dataPaths } from '../../src/server/configuration/data-paths.ts';
import { startServer } from '../../src/server/server.ts';
import { ApiClient, type ApiReply } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { workerBody } from '../harness/target-cluster.ts';
import { TestCatalog } from '../harness/test-catalog.ts';
import { type ImageFile, LOSSES, writeImage } from './crash-disk.ts';
import { type Answer, type Point, readRecording, replayRecording } from './recording.ts';
import { straceLauncher } from './system-calls.ts';

const isRecordable = (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, 'strace')));

/** After what was answered, what a server on the crash image must know. */
type Promised = (image: OpenedImage) => Promise<void>;

interface OpenedImage {
  readonly client: ApiClient;
  readonly dataDirectory: string;
}

describe('what was answered, after a power loss at any moment', {
  skip: isRecordable ? false : 'strace is not installed, which records what is synced',
}, () => {
  let directory = '';
  let root = '';
  const answers: Answer[] = [];
  const promises: { readonly until: number; readonly promised: Promised }[] = [];

  let catalog: TestCatalog;
  let token = '';

  /** Notes an answer and what it promises, until a later answer says otherwise. */
  function note(what: string, mark: string, promised: Promised): { end(): void } {
    answers.push({ what, mark });
    promises.push({ until: Number.POSITIVE_INFINITY, promised });
    const place = promises.length - 1;
    return {
      end: () => {
        promises[place] = { until: answers.length, promised };
      },
    };
  }

  function replied(reply: ApiReply): string {
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.headers.get('x-request-id') ?? '';
  }

  before(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'nautes-power-')));
    root = join(directory, 'disk');
    const record = join(directory, 'record');
    await mkdir(root);
    await mkdir(record);
    const tool = { name: 'tool', category: 'deployment', manifest: [configMap('tool', 'settings')] } as const;
    catalog = await TestCatalog.create([tool]);
    const source = await sandboxSource(3);
    const target = await source.create();
    const others = [await source.create(), await source.create()];
    await using server = await NautesProcess.start({
      dataDirectory: join(root, 'var/data'),
      configuration: { catalog: { files: [catalog.file] }, controllers: { driftSeconds: 1, graceSeconds: 60 } },
      launcher: ['/bin/sh', '-c', `exec ${straceLauncher(`${record}/$$`).join(' ')} "$@"`, 'sh'],
    });
    const client = await server.client();
    ({ token } = client);
    note('a token', token, async (image) => {
      assert.equal((await image.client.request('GET', '/api/v1/clusters')).status, 200);
    });

    const first = await client.save('one', workerBody(target));
    const saved = note('a save', replied(first), isRegistered('one', first));
    const { incarnation } = await client.waitForPhase('one', 'Ready');
    note('Ready', incarnation, async () => {});

    saved.end();
    const rotated = await client.request('POST', '/api/v1/clusters/one/rotate');
    const rotation = note('a rotation', replied(rotated), isRegistered('one', rotated));
    const { generation } = rotated.body;
    const renewed = await client.waitFor(
      'one',
      (status) => status?.phase === 'Ready' && String(status.observedGeneration) === generation,
      'the new credential',
    );
    assert.ok(renewed.credential.rotatedAt);

    const names = ['two', 'three'];
    const pair = await Promise.all(names.map((name, index) => client.save(name, workerBody(others[index] ?? target))));
    for (const [index, reply] of pair.entries()) {
      const name = names[index] ?? '';
      note(`the save of ${name} beside another`, replied(reply), isRegistered(name, reply));
    }

    rotation.end();
    const deleted = await client.delete('one');
    note('a deletion', replied(deleted), async (image) => {
      assert.equal((await image.client.request('GET', '/api/v1/clusters/one')).status, 404);
      const receipt = await image.client.receipt('one');
      const status = await image.client.status('one');
      assert.ok(
        receipt?.incarnation === incarnation || status?.incarnation === incarnation,
        'the record of it is lost',
      );
    });
    const receipt = await client.waitForReceipt('one', incarnation);
    const shown = await client.request('GET', '/api/v1/clusters/one/receipt');
    note('a receipt', replied(shown), async (image) => {
      assert.deepEqual(await image.client.receipt('one'), receipt);
    });
    await server.stop();
    await source.close();
  });
  after(async () => {
    await catalog?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  function isRegistered(name: string, { body: { generation } }: ApiReply): Promised {
    return async ({ client, dataDirectory }) => {
      const { status, headers, body } = await client.request('GET', `/api/v1/clusters/${name}`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(headers.get('etag'), `"${String(generation)}"`);
      const found = await readdir(join(dataPaths(dataDirectory).secrets, name));
      assert.equal(found.length, 1, 'the credential is lost');
    };
  }

  it('is there when the server starts again, and nothing half is', async () => {
    const seen = new Set<string>();
    const problems: string[] = [];
    let count = 0;
    let syncs = 0;
    await replayRecording(await readRecording(join(directory, 'record')), root, answers, async (point) => {
      const losses = point.isAnswer ? LOSSES : [LOSSES[syncs++ % LOSSES.length] ?? 'nothing'];
      for (const kept of losses) {
        const image = point.image(kept);
        const key = `${digestOf(image)} ${point.answers}`;
        if (seen.has(key)) continue;
        seen.add(key);
        count += 1;
        const place = join(directory, `image-${count}`);
        await writeImage(image, place);
        await check(place, point).catch((error: unknown) => {
          problems.push(`${point.what}, kept ${kept}: ${String(error).slice(0, 600)}`);
        });
        await rm(place, { recursive: true, force: true });
      }
    });
    assert.deepEqual(problems, []);
  });

  async function check(place: string, { answers: given }: Point): Promise<void> {
    const dataDirectory = join(place, 'var/data');
    const configuration = await loadConfiguration({
      environment: { NAUTES_CATALOG_FILES: catalog.file },
      overrides: { dataDirectory, listen: '127.0.0.1:0', role: 'api' },
    });
    const server = await startServer(configuration, silentLogger, AbortSignal.timeout(60_000));
    try {
      const client = new ApiClient(() => server.url, token);
      assert.equal((await client.request('GET', '/readyz')).status, 200);
      for (const { until, promised } of promises.slice(0, given)) {
        if (given < until) await promised({ client, dataDirectory });
      }
    } finally {
      await server.close();
    }
    const { code, stderr } = await run('git', ['--git-dir', dataPaths(dataDirectory).repository, 'fsck', '--strict']);
    assert.equal(code, 0, stderr);
  }
});

function digestOf(image: readonly ImageFile[]): string {
  return sha256(image.map(({ path, content }) => `${path} ${content === undefined ? '' : sha256(content)}`).join('\n'));
}
