import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { configMap, deployment } from '../../src/kube/testing/fixture.contract.ts';
import { Administrator } from '../harness/administrator.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { type TargetCluster, type TargetClusterSource, workerBody } from '../harness/target-cluster.ts';
import { TestCatalog, type TestComponent } from '../harness/test-catalog.ts';
import { PATIENCE_MILLISECONDS, waitUntil } from '../harness/wait-until.ts';

const SETTINGS = '/api/v1/namespaces/tool/configmaps/settings';
const NAMESPACE = '/api/v1/namespaces/nautes-system';
const ACCOUNTS = `${NAMESPACE}/serviceaccounts`;
const BINDINGS = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const INSTALLATION = 'cluster.nautes.io/installation';

const tool: TestComponent = {
  name: 'tool',
  category: 'deployment',
  manifest: [configMap('tool', 'settings', { mode: 'ours' }), deployment('tool', 'tool')],
};

/** Two servers that want one cluster: whatever one of them does, what is the other's stays. */
export function describeOwnership(create: () => Promise<TargetClusterSource>, clusters: string): void {
  describe(`two installations and one cluster on ${clusters}`, async () => {
    const source = await create();
    const skip = source.unavailable ?? false;
    const opened = new AsyncDisposableStack();
    let target: TargetCluster;
    let admin: Administrator;
    let first: Side;
    let second: Side;

    before(async () => {
      if (skip !== false) return;
      target = await source.create();
      admin = new Administrator(target);
      const catalog = opened.use(await TestCatalog.create([tool]));
      first = opened.use(await Side.start('first', catalog.file));
      second = opened.use(await Side.start('second', catalog.file));
    });
    after(async () => {
      await opened.disposeAsync();
      await source.close();
    });

    const labelOf = async (path: string, label: string): Promise<string | undefined> =>
      (await admin.get(path)).metadata.labels?.[label];
    const untilAccounts = async (...installations: readonly string[]): Promise<void> => {
      const wanted = installations.map((id) => `nautes-${id}`).sort();
      for (const path of [ACCOUNTS, BINDINGS]) {
        await waitUntil(`${path} has ${wanted.join()}`, async () => {
          const names = await admin.namesOfOurs(path);
          return [...names].sort().join() === wanted.join();
        });
      }
    };

    it('the one that comes second is refused, and does nothing where it does not ask', { skip }, async () => {
      await first.save(target);
      await first.ready();
      const refused = await second.client.save('second', workerBody(target));
      assert.equal(refused.status, 400, JSON.stringify(refused.body));
      assert.match(
        JSON.stringify(refused.body),
        new RegExp(`held by the installation ${await first.id()}, as first, since 20`),
      );
      await second.save(target, '?insecure_skip_check=true');
      await second.untilHeldByOther();
      await untilAccounts(await first.id());
      assert.equal(await labelOf(SETTINGS, INSTALLATION), await first.id());
    });

    it('its rotation and its deletion touch nothing, and the holder works on', { skip }, async () => {
      await second.client.request('POST', '/api/v1/clusters/second/rotate');
      await second.client.waitForRuns(1);
      const receipt = await second.delete();
      assert.deepEqual([receipt.created, receipt.removed, receipt.remaining], [[], [], []]);
      await untilAccounts(await first.id());
      await admin.delete(SETTINGS);
      await waitUntil('the holder repairs', async () => (await admin.find(SETTINGS)) !== undefined);
      await first.ready();
    });

    it('a take-over while the holder is away is ready with what is there; back again, that one says so', {
      skip,
    }, async () => {
      const { uid } = (await admin.get(SETTINGS)).metadata;
      await first.server.kill();
      await first.backUp();
      await second.save(target, '?take_over=true');
      await second.ready();
      assert.equal((await admin.get(SETTINGS)).metadata.uid, uid);
      assert.equal(await labelOf(NAMESPACE, INSTALLATION), await second.id());
      const events = await second.client.events('second');
      assert.match(events.find(({ reason }) => reason === 'ClusterTakenOver')?.message ?? '', /first/);
      await first.server.start();
      await first.untilHeldByOther();
      await admin.patch(SETTINGS, { data: { mode: 'theirs' } });
      await waitUntil('the new holder repairs', async () => {
        const { data } = (await admin.get(SETTINGS)) as { readonly data?: { readonly mode?: string } };
        return data?.mode === 'ours';
      });
      assert.equal(await labelOf(SETTINGS, INSTALLATION), await second.id());
    });

    it('the former holder restored from an old data directory leaves it alone, also when it rotates', {
      skip,
    }, async () => {
      await first.server.kill();
      await first.restore();
      await first.server.start();
      await first.untilHeldByOther();
      await first.client.request('POST', '/api/v1/clusters/first/rotate');
      await first.client.waitForRuns(1);
      assert.equal(await labelOf(NAMESPACE, INSTALLATION), await second.id());
      await untilAccounts(await first.id(), await second.id());
      await second.rotate();
    });

    it('the deletion of the former holder removes its own access alone', { skip }, async () => {
      const receipt = await first.delete();
      assert.equal(receipt.outcome, 'Complete');
      assert.deepEqual(receipt.removed.map(({ kind }) => kind).sort(), ['ClusterRoleBinding', 'ServiceAccount']);
      await untilAccounts(await second.id());
      await second.rotate();
      assert.equal(await labelOf(SETTINGS, INSTALLATION), await second.id());
    });

    it('in the other order: the holder that deletes first leaves the access of the other', { skip }, async () => {
      await first.save(target, '?take_over=true');
      await first.ready();
      await second.untilHeldByOther();
      const receipt = await first.delete();
      assert.equal(receipt.outcome, 'Complete');
      await untilAccounts(await second.id());
      await second.ready(); // the cluster is free: its file still says that it should have it
      assert.equal(await labelOf(NAMESPACE, INSTALLATION), await second.id());
    });

    it('nothing stays of either in the end', { skip }, async () => {
      const receipt = await second.delete();
      assert.deepEqual([receipt.outcome, receipt.left], ['Complete', []]);
      await admin.waitUntilGone(NAMESPACE);
      await admin.waitUntilGone('/api/v1/namespaces/tool');
      assert.deepEqual(await admin.namesOfOurs(BINDINGS), []);
    });
  });
}

/** A server with its data directory, and the cluster under its name. */
class Side implements AsyncDisposable {
  readonly name: string;
  readonly server: NautesProcess;
  readonly client: ApiClient;
  #copy = '';

  private constructor(name: string, server: NautesProcess, client: ApiClient) {
    this.name = name;
    this.server = server;
    this.client = client;
  }

  static async start(name: string, catalog: string): Promise<Side> {
    const configuration = {
      catalog: { files: [catalog] },
      controllers: { driftSeconds: 1, graceSeconds: 60 },
      log: { level: 'warn' },
    };
    const server = await NautesProcess.start({ configuration });
    return new Side(name, server, await server.client('maintainer', 'ada'));
  }

  async id(): Promise<string> {
    return String((await this.client.request('GET', '/api/v1/caller')).body['installation']);
  }

  async save(target: TargetCluster, query = ''): Promise<void> {
    const reply = await this.client.save(this.name, workerBody(target), query);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  }

  async ready(): Promise<void> {
    await this.client.waitForPhase(this.name, 'Ready', PATIENCE_MILLISECONDS);
  }

  async untilHeldByOther(): Promise<void> {
    await this.client.waitFor(
      this.name,
      (status) => status?.conditions.some(({ reason }) => reason === 'ClusterHeldByOther') ?? false,
      'held by the other',
    );
  }

  /** Asks for a new credential and waits for it. */
  async rotate(): Promise<void> {
    const rotations = async (): Promise<number> =>
      (await this.client.events(this.name)).filter(({ reason }) => reason === 'CredentialRotated').length;
    const earlier = await rotations();
    const reply = await this.client.request('POST', `/api/v1/clusters/${this.name}/rotate`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    await waitUntil('the credential is new', async () => (await rotations()) > earlier);
    await this.ready();
  }

  async delete(): ReturnType<ApiClient['waitForReceipt']> {
    const { incarnation } = (await this.client.status(this.name)) ?? { incarnation: '' };
    const reply = await this.client.delete(this.name);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return this.client.waitForReceipt(this.name, incarnation, PATIENCE_MILLISECONDS);
  }

  async backUp(): Promise<void> {
    this.#copy = await mkdtemp(join(tmpdir(), 'nautes-backup-'));
    await cp(this.server.dataDirectory, this.#copy, { recursive: true });
  }

  async restore(): Promise<void> {
    await rm(this.server.dataDirectory, { recursive: true });
    await cp(this.#copy, this.server.dataDirectory, { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    if (this.#copy !== '') await rm(this.#copy, { recursive: true, force: true });
  }
}
