import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../../sandbox/index.ts';
import { run } from '../../../src/base/programs/process.ts';
import { parseYaml, stringifyYaml } from '../../../src/base/yaml.ts';
import { type ManagementCluster, openKubeconfigCluster } from '../../../src/management/index.ts';
import { ApiClient } from '../api-client.ts';
import { NautesProcess } from '../nautes-process.ts';
import { workerBody } from '../target-cluster.ts';
import { TestCatalog, type TestComponent } from '../test-catalog.ts';
import { waitUntil } from '../wait-until.ts';
import type { ManagementPlace } from './management-place.ts';
import { LeaseHistory } from './lease-history.ts';
import { RequestLog } from './request-log.ts';
import { TcpProxy } from './tcp-proxy.ts';

const DEFINITIONS = join(import.meta.dirname, '../../../deploy/definitions');
const NAMESPACE = 'nautes';
/** Characters of the output of a replica that a failure shows. */
const OUTPUT_SHOWN = 3_000;

export interface ReplicaBedOptions {
  /** What the replicas share. */
  readonly management: ManagementPlace;
  /** Simulated clusters to register. */
  readonly targets: number;
  readonly components?: readonly TestComponent[];
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/** One replica: a process with a way of its own to the management cluster. */
export interface ReplicaProcess {
  readonly index: number;
  readonly process: NautesProcess;
  readonly proxy: TcpProxy;
  /** Name of its member Lease; changes when it becomes a member again. */
  readonly member: () => string;
}

/** Several servers with one management cluster and one Git remote, and clusters that log who works on them. */
export class ReplicaBed implements AsyncDisposable {
  readonly log: RequestLog;
  readonly history: LeaseHistory;
  readonly management: ManagementPlace;
  readonly replicas: ReplicaProcess[] = [];
  /** Registered names, with the index of their simulated cluster. */
  readonly names = new Map<string, number>();
  readonly #sandbox: Sandbox;
  readonly #directory: string;
  readonly #configuration: Readonly<Record<string, unknown>>;
  readonly #resources: AsyncDisposableStack;
  #started = 0;
  #token: Promise<string> | undefined;

  private constructor(parts: Pick<ReplicaBed, 'log' | 'history' | 'management'> & BedParts) {
    this.log = parts.log;
    this.history = parts.history;
    this.management = parts.management;
    this.#sandbox = parts.sandbox;
    this.#directory = parts.directory;
    this.#configuration = parts.configuration;
    this.#resources = parts.resources;
  }

  static async open({ management, targets, components = [], configuration }: ReplicaBedOptions): Promise<ReplicaBed> {
    await using resources = new AsyncDisposableStack();
    const log = new RequestLog();
    const sandbox = await startSandbox({ clusters: targets, basePort: 0, observe: log.observe });
    resources.defer(() => sandbox.close());
    const directory = await mkdtemp(join(tmpdir(), 'nautes-replicas-'));
    resources.defer(() => rm(directory, { recursive: true, force: true }));
    await prepare(management);
    const kubeconfig = join(directory, 'management.kubeconfig');
    await writeFile(kubeconfig, management.kubeconfig);
    const cluster: ManagementCluster = await openKubeconfigCluster(kubeconfig, NAMESPACE);
    resources.defer(() => cluster.close());
    const history = resources.use(LeaseHistory.follow(cluster));
    const remote = join(directory, 'remote.git');
    await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote]);
    const catalog = resources.use(await TestCatalog.create(components));
    const parts = {
      log,
      history,
      management,
      sandbox,
      directory,
      configuration: {
        git: { remote: `file://${remote}`, pollSeconds: 3600 }, // commits of others are heard of, or never
        catalog: { files: [catalog.file] },
        controllers: { driftSeconds: 2, graceSeconds: 60 },
        log: { level: 'info' },
        ...configuration,
        storage: 'kubernetes',
      },
    };
    return new ReplicaBed({ ...parts, resources: resources.move() });
  }

  /** A simulated cluster, from 1. */
  target(index: number): SandboxCluster {
    const cluster = this.#sandbox.clusters[index - 1];
    assert.ok(cluster);
    return cluster;
  }

  /** The body of a save of a simulated cluster. */
  worker(index: number): Record<string, unknown> {
    const target = this.target(index);
    return workerBody({ server: target.server, kubeconfig: target.kubeconfig() });
  }

  /** Saves a simulated cluster under a name by a replica, and waits until it is ready. */
  async register(by: ReplicaProcess, name: string, index: number): Promise<void> {
    const client = await this.client(by);
    const { status, body } = await client.save(name, this.worker(index));
    assert.equal(status, 200, JSON.stringify(body));
    this.names.set(name, index);
    await client.waitForPhase(name, 'Ready');
  }

  /** Starts one more replica; they share nothing but the management cluster and the remote. */
  async start(more: Readonly<Record<string, unknown>> = {}, access?: string): Promise<ReplicaProcess> {
    const index = this.#started;
    this.#started += 1;
    const proxy = this.#resources.use(await TcpProxy.start(new URL(this.management.server)));
    const kubeconfig = join(this.#directory, `management-${index}.kubeconfig`);
    await writeFile(kubeconfig, throughProxy(access ?? this.management.kubeconfig, proxy.port));
    const name = `r${index}`;
    const configuration = {
      ...this.#configuration,
      replicas: { name },
      management: { kubeconfig, namespace: NAMESPACE },
      ...more,
    };
    const process = this.#resources.use(await NautesProcess.start({ configuration }));
    const member = (): string => this.history.members.filter((one) => one.startsWith(`nautes-${name}-`)).at(-1) ?? '';
    const replica = { index, process, proxy, member };
    this.replicas.push(replica);
    return replica;
  }

  /** A kubeconfig with the token of a new account that may do everything. */
  async serviceAccount(name: string): Promise<string> {
    const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    const { management } = this;
    await management.request('POST', accounts, { metadata: { name } });
    await management.request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `test-${name}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
    });
    const { body } = await management.request('POST', `${accounts}/${name}/token`, {
      spec: { expirationSeconds: 3600 },
    });
    const { token } = (body as { status: { token: string } }).status;
    const document = parseYaml(management.kubeconfig) as { users: { user: unknown }[] };
    for (const entry of document.users) entry.user = { token };
    return stringifyYaml(document);
  }

  async removeServiceAccount(name: string): Promise<void> {
    await this.management.request('DELETE', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${name}`);
  }

  /** Starts replicas at the same time, and waits until they share all of the work. */
  async startAll(count: number): Promise<readonly ReplicaProcess[]> {
    const started = await Promise.all(Array.from({ length: count }, () => this.start()));
    await this.shared(count);
    return started;
  }

  /** Waits until so many members have all of the work, each its share. */
  async shared(count: number): Promise<void> {
    await waitUntil(
      () => `${count} replicas share the work: ${this.history.describe()}`,
      async () => {
        const { shares } = this.history;
        const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
        const isFair = [...shares].every(([holder, share]) => holder !== '' && share <= Math.ceil(64 / count));
        return shares.size === count && total === 64 && isFair;
      },
    );
  }

  /** A client of a replica; all have the same token. */
  async client({ process }: ReplicaProcess): Promise<ApiClient> {
    this.#token ??= process.client('maintainer', 'ada').then(({ token }) => token);
    const token = await this.#token;
    return new ApiClient(() => process.url, token);
  }

  /** The replica that works on the cluster now. */
  async owner(cluster: string): Promise<ReplicaProcess> {
    return waitUntil(`an owner of ${cluster}`, async () => {
      const holder = this.history.ownerOf(cluster);
      return this.replicas.find(({ index }) => holder.startsWith(`nautes-r${index}-`));
    });
  }

  /** What replicas have asked of clusters that they did not have. */
  strangers(): readonly string[] {
    return [...this.names].flatMap(([name, index]) => this.log.strangers(index, name, this.history));
  }

  /** Who works on a cluster as far as can be seen from here, for a test that has waited in vain. */
  describe(name: string): string {
    const now = Date.now();
    const looks = new Map(this.log.of(this.names.get(name) ?? 0).map(({ member, at }) => [member, now - at]));
    const seen = [...looks].map(([member, ago]) => `${member} ${ago} ms ago`);
    const outputs = this.replicas.map(({ index, process: { output, pid } }) => {
      return `replica ${index} (process ${pid ?? 'ended'}):\n${output.slice(-OUTPUT_SHOWN)}`;
    });
    const parts = [`${name} is of ${this.history.ownerOf(name) || 'none'}`, `last looks: ${seen.join(', ')}`];
    return [...parts, this.history.describe(), ...outputs].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

interface BedParts {
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly resources: AsyncDisposableStack;
}

/** The namespace and the definitions that the server expects. */
async function prepare(management: ManagementPlace): Promise<void> {
  await management.request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  for (const file of await readdir(DEFINITIONS)) {
    const definition = parseYaml(await readFile(join(DEFINITIONS, file), 'utf8'));
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const { status, body } = await management.request('POST', path, definition);
    assert.ok(status < 300 || status === 409, JSON.stringify(body));
  }
}

/** The kubeconfig with another address; the certificate is still looked at with the name of the first. */
function throughProxy(kubeconfig: string, port: number): string {
  const document = parseYaml(kubeconfig) as { clusters: { cluster: Record<string, unknown> }[] };
  for (const { cluster } of document.clusters) {
    cluster['server'] = `https://127.0.0.1:${port}`;
  }
  return stringifyYaml(document);
}
