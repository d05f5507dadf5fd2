import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import { canonicalJson } from '../../src/base/hash.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { moveStorage, type StorageStep } from '../../src/server/migrate-storage.ts';
import { recordsDigest } from '../../src/server/migration/copy-parts.ts';
import { embeddedSide } from '../../src/server/migration/embedded-side.ts';
import { kubernetesSide } from '../../src/server/migration/kubernetes-side.ts';
import type { StorageName, StorageSide } from '../../src/server/migration/storage-side.ts';
import type { ManagementCluster } from '../../src/management/index.ts';
import type { ManagementHost } from '../harness/management-host.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { ApiClient } from '../harness/api-client.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const signal = new AbortController().signal;

/** What a server has left: an installation with clusters of every kind of state, and a token that people have. */
interface Seed {
  readonly directory: string;
  readonly token: string;
  readonly installation: string;
}

/**
 * Moving the state of an installation between a data directory and a management cluster.
 * @param more whether to kill it at every step: many runs
 */
export function describeStorageMigration(api: string, start: () => Promise<ManagementHost>, more: boolean): void {
  describe(`the state of an installation, moved to a management cluster and back (${api})`, () => {
    let host: ManagementHost;
    let source: TargetClusterSource;
    let targets: readonly TargetCluster[];
    let root: string;
    let seed: Seed;
    let count = 0;

    before(async () => {
      [host, source] = await Promise.all([start(), sandboxSource(3)]);
      targets = [await source.create(), await source.create(), await source.create()];
      root = await mkdtemp(join(tmpdir(), 'nautes-move-'));
      seed = await makeSeed(root, source, targets);
    });
    after(async () => {
      await host?.close();
      await source?.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    });

    /** A copy of the data directory, a namespace for it, and the configuration of both. */
    const newPlace = async () => {
      count += 1;
      const dataDirectory = join(root, `place-${count}`);
      await cp(seed.directory, dataDirectory, { recursive: true });
      const namespace = await host.newNamespace();
      const settings = (storage: StorageName) => ({
        storage,
        management: { kubeconfig: host.kubeconfig, namespace },
        catalog: { files: source.catalogFiles },
        controllers: { graceSeconds: 86_400 },
        log: { level: 'warn' },
      });
      const file = join(root, `place-${count}.yaml`);
      await writeFile(file, stringifyYaml(settings('embedded')));
      const configuration = await loadConfiguration({ file, environment: {}, overrides: { dataDirectory } });
      const migrate = (to: StorageName, ...options: readonly string[]): Promise<RunResult> =>
        run(COMMAND, ['storage', 'migrate', '--to', to, '--config', file, '--data-dir', dataDirectory, ...options]);
      const move = (to: StorageName, onStep: (step: StorageStep) => void = () => {}) =>
        moveStorage({ configuration, to, dryRun: false, logger: silentLogger, onStep }, signal);
      const contents = (storage: StorageName) =>
        withSide(storage, { configuration, host, namespace }, (side) => contentOf(side));
      return { dataDirectory, token: seed.token, namespace, settings, file, migrate, move, contents };
    };

    it('goes there and back, with everything equal, and servers go on with it', async () => {
      const place = await newPlace();
      const wanted = await place.contents('embedded');
      const planned = await place.migrate('kubernetes', '--dry-run');
      assert.equal(planned.code, 0, planned.stderr);
      assert.match(planned.stdout.toString(), /would be moved .*dry run/);
      assert.match(planned.stdout.toString(), /^resources +4 +0 +0/m);

      const there = await place.migrate('kubernetes');
      assert.equal(there.code, 0, there.stderr);
      assert.match(there.stdout.toString(), new RegExp(`Installation ${seed.installation} is in namespace`));
      assert.match(there.stdout.toString(), /^resources +4 +4 +0 +[0-9a-f]{16}$/m);
      assert.match(there.stdout.toString(), /and 1 receipts$/m);
      assert.deepEqual(await place.contents('kubernetes'), wanted);
      const again = await place.migrate('kubernetes');
      assert.match(again.stdout.toString(), /is in namespace .* already\. Nothing was done/);
      assert.equal(again.code, 0);

      const mistaken = await run(COMMAND, serverArguments(place.file, place.dataDirectory));
      assert.equal(mistaken.code, 1);
      assert.match(mistaken.stderr, /was moved away from here.*\n.*nautes storage migrate --to embedded/);

      const events = await serve(place, 'kubernetes', async (client) => {
        assert.equal((await client.waitForPhase('one', 'Ready')).phase, 'Ready');
        assert.ok((await client.receipt('gone')) !== undefined);
        assert.equal((await client.status('leaving'))?.phase, 'Deleting');
        const busy = await place.migrate('embedded');
        assert.equal(busy.code, 1);
        assert.match(busy.stderr, /data directory is in use|servers work in namespace/);
        return await client.events('one');
      });
      assert.equal(events.filter(({ reason }) => reason === 'CredentialRotated').length, 1, 'nothing was rotated');

      const inKubernetes = await place.contents('kubernetes');
      const back = await place.migrate('embedded');
      assert.equal(back.code, 0, back.stderr);
      assert.deepEqual(await place.contents('embedded'), inKubernetes);
      await serve(place, 'embedded', async (client) => {
        await client.waitForPhase('one', 'Ready');
        assert.ok((await client.receipt('gone')) !== undefined);
      });
    });

    it('is refused while servers work in the namespace, whatever directory they have', async () => {
      const place = await newPlace();
      await place.move('kubernetes');
      const elsewhere = join(root, 'other-directory');
      await cp(place.dataDirectory, elsewhere, { recursive: true });
      await serve({ ...place, dataDirectory: elsewhere }, 'kubernetes', async () => {
        const { code, stderr } = await place.migrate('embedded');
        assert.notEqual(code, 0);
        assert.match(stderr, /servers work in namespace .*: \S+/);
      });
    });

    it('is given up by going the other way while it has not ended', async () => {
      const place = await newPlace();
      const wanted = await place.contents('embedded');
      await assert.rejects(place.move('kubernetes', stopAt(5)), /stopped/);
      const refused = await run(COMMAND, serverArguments(place.file, place.dataDirectory));
      assert.match(refused.stderr, /moved away from here/);
      const given = await place.migrate('embedded');
      assert.equal(given.code, 0, given.stderr);
      assert.match(given.stdout.toString(), /is cancelled/);
      assert.deepEqual(await place.contents('embedded'), wanted);
      await place.move('kubernetes');
      assert.deepEqual(await place.contents('kubernetes'), wanted);
    });

    it('does not mix with another installation, and finds nothing where there is nothing', async () => {
      const [place, other] = [await newPlace(), await newPlace()];
      await place.move('kubernetes');
      const settings = {
        ...other.settings('embedded'),
        management: { kubeconfig: host.kubeconfig, namespace: place.namespace },
      };
      await writeFile(other.file, stringifyYaml(settings));
      await writeFile(
        join(other.dataDirectory, 'installation.json'),
        JSON.stringify({ id: 'another-one', createdAt: '' }),
      );
      const mixed = await other.migrate('kubernetes');
      assert.notEqual(mixed.code, 0);
      assert.match(mixed.stderr, new RegExp(`is in use: installation ${seed.installation}`));
      const empty = await (await newPlace()).migrate('embedded');
      assert.notEqual(empty.code, 0);
      assert.match(empty.stderr, /there is nothing to migrate in namespace/);
    });

    it('is whole after it was killed at any moment and run again', async () => {
      const place = await newPlace();
      const wanted = await place.contents('embedded');
      for (const to of ['kubernetes', 'embedded'] as const) {
        for (const steps of [1, 3, 6]) await killAfter(place, to, steps);
        const { code, stderr } = await place.migrate(to);
        assert.equal(code, 0, stderr);
        assert.deepEqual(await place.contents(to), wanted);
      }
    });

    it('is whole after it ended at each of its steps and ran again', {
      skip: more ? false : 'shown on the simulator',
    }, async () => {
      const place = await newPlace();
      const wanted = await place.contents('embedded');
      for (const to of ['kubernetes', 'embedded', 'kubernetes', 'embedded'] as const) {
        const steps: StorageStep[] = [];
        for (let end = 1; ; end += 1) {
          const seen = steps.length;
          const outcome = await place
            .move(to, (step) => {
              steps.push(step);
              if (steps.length - seen === end) throw new Error('stopped');
            })
            .catch((error: unknown) => error);
          if (!(outcome instanceof Error)) break;
          assert.equal(outcome.message, 'stopped');
        }
        assert.ok(steps.length > 10);
        assert.deepEqual(await place.contents(to), wanted);
      }
    });
  });
}

function serverArguments(file: string, dataDirectory: string): readonly string[] {
  return ['server', '--config', file, '--data-dir', dataDirectory, '--listen', '127.0.0.1:0'];
}

/** A function that fails when it is called that often. */
function stopAt(step: number): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps === step) throw new Error('stopped');
  };
}

/** One cluster is ready, one was deleted and has a receipt, one is on its way out and cannot be reached, one is a host. */
async function makeSeed(
  root: string,
  source: TargetClusterSource,
  [one, two, three]: readonly TargetCluster[],
): Promise<Seed> {
  assert.ok(one && two && three);
  const directory = join(root, 'seed');
  const configuration = {
    catalog: { files: source.catalogFiles },
    controllers: { graceSeconds: 86_400 },
    log: { level: 'warn' },
  };
  const server = await NautesProcess.start({ configuration, dataDirectory: directory });
  try {
    const client = await server.client('maintainer', 'ada');
    await server.client('reader', 'ben');
    assert.equal((await client.save('one', workerBody(one, { usage: 'host' }))).status, 200);
    assert.equal((await client.save('gone', workerBody(two, { usage: 'host' }))).status, 200);
    assert.equal((await client.save('leaving', workerBody(three, { usage: 'host' }))).status, 200);
    await client.waitForPhase('one', 'Ready');
    await client.waitForPhase('leaving', 'Ready');
    const { incarnation } = await client.waitForPhase('gone', 'Ready');
    assert.equal((await client.delete('gone')).status, 200);
    await client.waitForReceipt('gone', incarnation);
    assert.equal((await client.save('again', workerBody(two, { usage: 'host' }))).status, 200);
    await client.waitForPhase('again', 'Ready');
    await three.setReachable(false);
    assert.equal((await client.delete('leaving')).status, 200);
    await client.waitForPhase('leaving', 'Deleting');
    await server.stop();
    const { id } = JSON.parse(await readFile(join(directory, 'installation.json'), 'utf8')) as { id: string };
    return { directory, token: client.token, installation: id };
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

interface Place {
  readonly dataDirectory: string;
  readonly token: string;
  readonly file: string;
  readonly settings: (storage: StorageName) => Record<string, unknown>;
}

/** Runs a server on the place, asked with the token that was made before it moved. */
async function serve<T>(place: Place, storage: StorageName, use: (client: ApiClient) => Promise<T>): Promise<T> {
  const { dataDirectory, token } = place;
  const server = await NautesProcess.start({ configuration: place.settings(storage), dataDirectory });
  try {
    const result = await use(new ApiClient(() => server.url, token));
    await server.stop();
    return result;
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Ends the command with SIGKILL once it has begun that many steps; it may be faster. */
async function killAfter(place: Place, to: StorageName, steps: number): Promise<void> {
  const { file, dataDirectory } = place;
  const child: ChildProcess = spawn(
    COMMAND,
    ['storage', 'migrate', '--to', to, '--config', file, '--data-dir', dataDirectory],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > steps) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
}

interface SidePlace {
  readonly configuration: Awaited<ReturnType<typeof loadConfiguration>>;
  readonly host: ManagementHost;
  readonly namespace: string;
}

async function withSide<T>(
  storage: StorageName,
  { configuration, host, namespace }: SidePlace,
  use: (side: StorageSide) => Promise<T>,
): Promise<T> {
  const cluster: ManagementCluster = await host.open(namespace);
  const side =
    storage === 'embedded'
      ? embeddedSide(configuration, silentLogger)
      : kubernetesSide(configuration, cluster, silentLogger);
  try {
    return await use(side);
  } finally {
    await side.close();
    cluster.close();
  }
}

/** Everything that must be equal before and after. */
async function contentOf(side: StorageSide): Promise<Record<string, unknown>> {
  const identity = await side.identity(signal);
  const names = (await side.tokens.list(signal)).tokens.map(({ name }) => name);
  const tokens = await Promise.all(names.map((name) => side.tokens.read(name, signal)));
  const keys = await side.keys(signal);
  const secrets = await side.secrets(keys, signal);
  const credentials = await Promise.all(
    (await secrets.list(signal)).map(async ({ scope, version, active }) => {
      const { material, ...rest } = await secrets.read(scope, version, signal);
      return canonicalJson({ ...rest, material: material.reveal(), version, active });
    }),
  );
  const state = await side.state(signal);
  const resources = await state.keys(signal);
  const records = await Promise.all(
    resources.map(async (key) => `${key.name} ${recordsDigest(await state.read(key, signal))}`),
  );
  return {
    installation: identity?.installation,
    key: keys[0].id,
    tokens,
    credentials: credentials.toSorted(),
    records,
  };
}
