import assert from 'node:assert/strict';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { parseYaml } from '../../src/base/yaml.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

const DEFINITION = join(import.meta.dirname, '../../deploy/definitions/clusterstates.yaml');
const STATES = '/apis/state.nautes.io/v1alpha1/namespaces/nautes/clusterstates';
const MAPS = '/api/v1/namespaces/nautes/configmaps';
/** Enough for a real control plane on a busy machine. */
const PATIENCE = 240_000;

interface Stored {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec?: { readonly name: string; readonly phase?: string; readonly receipt?: string };
}

export interface StateSuiteOptions {
  /** Whether the cluster that is registered holds the state too: one control plane less. */
  readonly single: boolean;
}

/** One server whose state is in a management cluster, from a save to the receipt. */
export function describeKubernetesState(
  create: () => Promise<TargetClusterSource>,
  clusters: string,
  { single }: StateSuiteOptions,
): void {
  describe(`state in a management cluster on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    let directory: string;
    let management: TargetCluster;
    let target: TargetCluster;
    let configuration: Readonly<Record<string, unknown>>;
    let server: NautesProcess;
    let client: ApiClient;

    before(async () => {
      if (skip !== false) return;
      directory = await mkdtemp(join(tmpdir(), 'nautes-state-'));
      management = await source.create();
      target = single ? management : await source.create();
      const kubeconfig = join(directory, 'management.kubeconfig');
      await writeFile(kubeconfig, management.kubeconfig);
      const remote = join(directory, 'remote.git');
      assert.equal((await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote])).code, 0);
      await post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nautes' } });
      configuration = {
        storage: 'kubernetes',
        management: { kubeconfig },
        git: { remote: `file://${remote}`, pollSeconds: 1 },
        catalog: { files: source.catalogFiles },
        controllers: { driftSeconds: 1, graceSeconds: 60 },
        log: { level: 'warn' },
      };
    });
    after(async () => {
      await server?.[Symbol.asyncDispose]();
      await source.close();
      if (directory !== undefined) await rm(directory, { recursive: true });
    });

    async function post(path: string, body: unknown): Promise<void> {
      const { status } = await management.request('POST', path, body);
      assert.equal(status, 201, path);
    }

    async function stored(path: string): Promise<readonly Stored[]> {
      const { status, body } = await management.request('GET', path);
      assert.equal(status, 200, path);
      return (body as { readonly items: readonly Stored[] }).items;
    }

    const exists = (file: string): Promise<boolean> =>
      access(file).then(
        () => true,
        () => false,
      );

    /** Versions of everything that holds state. */
    async function versions(): Promise<readonly string[]> {
      const all = [...(await stored(STATES)), ...(await stored(MAPS))];
      return all.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`).toSorted();
    }

    /** Waits until so many checks of the cluster have ended. */
    async function checks(count: number): Promise<void> {
      const times = new Set<string>();
      await waitUntil(
        'checks of the cluster',
        async () => {
          times.add((await client.status('one'))?.lastCheckedAt ?? '');
          return times.size > count;
        },
        PATIENCE,
      );
    }

    const away = single && 'the management cluster is the registered one as well';

    it('does not start without its definition, and says how to install it', { skip }, async () => {
      const failed = await NautesProcess.start({ configuration }).then(
        () => '',
        (error: unknown) => String(error),
      );
      assert.match(failed, /clusterstates\.state\.nautes\.io/);
      assert.match(failed, /kubectl apply .*clusterstates\.yaml/);
      await post(
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        parseYaml(await readFile(DEFINITION, 'utf8')),
      );
      await waitUntil(
        'the definition',
        async () => (await management.request('GET', STATES)).status === 200,
        PATIENCE_MILLISECONDS,
      );
      server = await NautesProcess.start({ configuration });
      client = await server.client('maintainer', 'ada');
    });

    it('brings a cluster to Ready, with its state in the management cluster alone', { skip }, async () => {
      const reply = await client.save('one', workerBody(target));
      assert.equal(reply.status, 200, JSON.stringify(reply.body));
      await client.waitForPhase('one', 'Ready', PATIENCE);
      const states = await stored(STATES);
      assert.deepEqual(
        states.map(({ spec }) => [spec?.name, spec?.phase]),
        [['one', 'Ready']],
      );
      const names = (await stored(MAPS)).map(({ metadata }) => metadata.name);
      assert.ok(
        names.some((name) => name.startsWith('inventory-')) && names.some((name) => name.startsWith('events-')),
      );
      assert.equal(await exists(join(server.dataDirectory, 'status.db')), false);
      const { body } = await client.request('GET', '/readyz');
      assert.equal((body['checks'] as Readonly<Record<string, string>>)['status_store'], 'ok');
    });

    it('writes nothing while nothing changes', { skip }, async () => {
      await checks(2); // the events of the way to Ready are stored by then
      const found = await versions();
      await checks(3);
      assert.deepEqual(await versions(), found);
    });

    it('is found by a server with an empty data directory, which does nothing again', { skip }, async () => {
      const events = await client.events('one');
      await server.stop();
      await rm(server.dataDirectory, { recursive: true });
      const applied = await target.applyRequests();
      const found = await versions();
      await server.start();
      await client.waitForPhase('one', 'Ready', PATIENCE);
      await checks(2);
      assert.equal(await target.applyRequests(), applied);
      assert.deepEqual(await versions(), found);
      assert.deepEqual(await client.events('one'), events);
    });

    it('is read while the management cluster is away, and a save is refused', { skip: skip || away }, async () => {
      await management.setReachable(false);
      assert.equal((await client.status('one'))?.phase, 'Ready');
      const moved = workerBody(target, { primary_domain: 'moved.example.com' });
      const reply = await client.save('one', moved, '?insecure_skip_check=true');
      assert.equal(reply.status, 503, JSON.stringify(reply.body));
      await management.setReachable(true);
      await waitUntil(
        'the state is back',
        async () => (await client.request('GET', '/readyz')).status === 200,
        PATIENCE,
      );
      assert.deepEqual(
        (await stored(STATES)).map(({ spec }) => spec?.name),
        ['one'],
      );
    });

    it('holds the receipt of a cluster that was deleted, for the next server too', { skip }, async () => {
      const incarnation = (await client.status('one'))?.incarnation ?? '';
      assert.equal((await client.delete('one')).status, 200);
      const receipt = await client.waitForReceipt('one', incarnation, PATIENCE);
      assert.equal(receipt.outcome, 'Complete', JSON.stringify(receipt));
      await server.stop();
      await server.start();
      assert.deepEqual(await client.waitForReceipt('one', incarnation, PATIENCE), receipt);
      const [state] = await stored(STATES);
      assert.ok(state?.spec?.receipt);
      await waitUntil(
        'the inventory is gone',
        async () => !(await stored(MAPS)).some(({ metadata }) => metadata.name.startsWith('inventory-')),
        PATIENCE,
      );
    });
  });
}
