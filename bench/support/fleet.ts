import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../src/base/async/timing.ts';
import type { ApiClient } from '../../test/harness/api-client.ts';
import { NautesProcess } from '../../test/harness/nautes-process.ts';
import { adminRequest } from '../../test/harness/sandbox-source.ts';
import type { TargetCluster } from '../../test/harness/target-cluster.ts';
import { upstreamCatalog, type UpstreamCatalog } from '../../test/harness/upstream-catalog.ts';
import { git, gitOutput } from './seed-repository.ts';
import { SimulatorProcess } from './simulator-process.ts';

/** Clusters that are saved at the same time. */
const SAVES_AT_A_TIME = 10;
const POLL_MILLISECONDS = 500;
/** Clusters of the published figures. */
export const CLUSTERS = 1_000;
/** Objects of a cluster with the published manifests, its namespaces included. */
export const OBJECTS = 179;
/** As the configuration has it by default. */
export const CLUSTERS_AT_A_TIME = 32;
/** Without one more cluster that is Ready for so long, a run has failed. */
const STANDSTILL_MILLISECONDS = 180_000;
/** Every simulated host has an address and so node ports of its own (on Linux). */
const LOWEST_VIRTUAL_PORT = 31_000;

export interface FleetOptions {
  /** Workers. */
  readonly clusters: number;
  /** Hosts besides these; none by default. */
  readonly hosts?: number;
  readonly directory: string;
  /** Keys below `controllers` of the configuration. */
  readonly controllers?: Readonly<Record<string, number>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: the published components. */
  readonly catalogFile?: string;
  /** A management cluster in which servers share their state: one serves the API, others work on the clusters. */
  readonly shared?: { readonly kubeconfig: string; readonly namespace: string; readonly controllers: number };
}

/** A cluster that is to be saved. */
export interface FleetMember {
  readonly name: string;
  readonly body: () => Promise<Readonly<Record<string, unknown>>>;
}

export interface RegisterOptions {
  /** Of the saves. */
  readonly query?: string;
  /** How many are Ready then, with those from before; as many as are registered by default. */
  readonly ready?: number;
  readonly progress: (message: string) => void;
}

export interface Registration {
  /** From the first save until so many were Ready. */
  readonly seconds: number;
  /** Milliseconds of each save. */
  readonly saves: readonly number[];
}

/** Our server and simulated clusters, a process each, and a Git remote; components come from the published manifests. */
export class Fleet implements AsyncDisposable {
  readonly simulator: SimulatorProcess;
  readonly server: NautesProcess;
  readonly client: ApiClient;
  /** Processes that work on the clusters besides the server. */
  readonly workersOfShared: readonly NautesProcess[];
  /** A bare repository that logs every push. */
  readonly remote: string;
  readonly #workers: number;
  readonly #resources: AsyncDisposableStack;
  #refusedSaves = 0;

  private constructor(
    parts: Pick<Fleet, 'simulator' | 'server' | 'client' | 'remote' | 'workersOfShared'>,
    workers: number,
    resources: AsyncDisposableStack,
  ) {
    this.simulator = parts.simulator;
    this.server = parts.server;
    this.client = parts.client;
    this.workersOfShared = parts.workersOfShared;
    this.remote = parts.remote;
    this.#workers = workers;
    this.#resources = resources;
  }

  static async open(options: FleetOptions): Promise<Fleet> {
    const { clusters, hosts = 0, directory, controllers, environment } = options;
    await mkdir(directory, { recursive: true });
    await using opening = new AsyncDisposableStack();
    const published = options.catalogFile === undefined ? await publishedCatalog() : undefined;
    opening.defer(() => published?.remove());
    const catalogFile = options.catalogFile ?? published?.file ?? '';
    const remote = await makeRemote(directory);
    const simulated = { clusters: clusters + hosts, directory: join(directory, 'clusters') };
    const simulator = opening.use(await SimulatorProcess.start(simulated));
    const { shared } = options;
    const start = async (name: string, role: string): Promise<NautesProcess> =>
      opening.use(
        await NautesProcess.start({
          dataDirectory: join(directory, name),
          configuration: {
            catalog: { files: [catalogFile] },
            git: { remote: `file://${remote}` },
            log: { level: 'warn' },
            controllers: { driftSeconds: 86_400, ...controllers },
            ...(shared === undefined ? {} : sharedConfiguration(shared, name)),
            role,
          },
          ...(environment === undefined ? {} : { environment }),
        }),
      );
    const server = await start('data', shared === undefined ? 'all' : 'api');
    const names = numbersTo(shared?.controllers ?? 0).map((number) => `controllers-${number}`);
    const workersOfShared = await Promise.all(names.map((name) => start(name, 'controllers')));
    const client = await server.client();
    return new Fleet({ simulator, server, client, remote, workersOfShared }, clusters, opening.move());
  }

  static nameOf(index: number): string {
    return `worker-${index}`;
  }

  /** Saves clusters through the API, some at a time; resolves with the milliseconds that each save took. */
  async save(members: readonly FleetMember[], query = ''): Promise<readonly number[]> {
    const latencies: number[] = [];
    const waiting = [...members];
    const caller = async (): Promise<void> => {
      for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
        const started = performance.now();
        await this.#saveOne(member, query);
        latencies.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: SAVES_AT_A_TIME }, caller));
    return latencies;
  }

  async #saveOne({ name, body }: FleetMember, query: string): Promise<void> {
    const content = await body();
    for (;;) {
      const reply = await this.client.save(name, content, query);
      if (reply.status === 200) return;
      const text = JSON.stringify(reply.body);
      if (!text.includes('"ClusterTimeout"')) throw new Error(`cluster ${name} was not saved: ${text}`);
      this.#refusedSaves += 1; // all clusters are one process: under load it does not answer in time
    }
  }

  /** Workers at the simulated clusters of these numbers. */
  workers(indexes: readonly number[]): readonly FleetMember[] {
    return indexes.map((index) => ({ name: Fleet.nameOf(index), body: () => this.#physical(index, 'worker') }));
  }

  /** Hosts, which follow the workers. */
  hosts(numbers: readonly number[]): readonly FleetMember[] {
    return numbers.map((number) => ({
      name: `host-${number}`,
      body: () => this.#physical(this.#workers + number, 'host'),
    }));
  }

  /** Virtual clusters, spread over the hosts. */
  virtualClusters(count: number, hosts: number): readonly FleetMember[] {
    return numbersTo(count).map((number) => ({
      name: `virtual-${number}`,
      body: async () => {
        const host = ((number - 1) % hosts) + 1;
        const server = new URL(serverOf(await this.simulator.kubeconfig(this.#workers + host)));
        const nodePort = LOWEST_VIRTUAL_PORT + Math.floor((number - 1) / hosts);
        return {
          api_server: `https://${server.hostname}:${nodePort}`,
          cluster_kind: 'kubernetes',
          cluster_type: 'virtual',
          usage: 'worker',
          host_cluster: `host-${host}`,
        };
      },
    }));
  }

  async #physical(index: number, usage: string): Promise<Readonly<Record<string, unknown>>> {
    const kubeconfig = await this.simulator.kubeconfig(index);
    return {
      api_server: serverOf(kubeconfig),
      cluster_kind: 'kubernetes',
      cluster_type: 'physical',
      usage,
      kubeconfig,
    };
  }

  /** Saves that were sent again because the cluster did not answer the preflight in time. */
  get refusedSaves(): number {
    return this.#refusedSaves;
  }

  /** Saves clusters and waits until so many are Ready; reports progress. */
  async register(
    members: readonly FleetMember[],
    { query = '', ready = members.length, progress }: RegisterOptions,
  ): Promise<Registration> {
    const started = performance.now();
    const step = Math.max(1, Math.floor(ready / 10));
    let said = 0;
    const onProgress = (count: number): void => {
      if (count - said < step) return;
      said = count;
      progress(`${count} clusters are Ready`);
    };
    const [saves] = await Promise.all([this.save(members, query), this.untilReady(ready, onProgress)]);
    return { seconds: (performance.now() - started) / 1000, saves };
  }

  /** Waits until so many clusters are Ready. */
  async untilReady(count: number, onProgress?: (ready: number) => void): Promise<void> {
    let best = 0;
    let since = Date.now();
    for (;;) {
      const ready = await this.readyCount();
      if (ready >= count) return;
      if (ready > best) {
        best = ready;
        since = Date.now();
        onProgress?.(ready);
      }
      if (Date.now() - since > STANDSTILL_MILLISECONDS) {
        throw new Error(`only ${ready} of ${count} clusters have become Ready: ${this.server.output.slice(-2000)}`);
      }
      await sleep(POLL_MILLISECONDS);
    }
  }

  /** Clusters in the phase Ready. */
  async readyCount(): Promise<number> {
    const { body } = await this.client.request('GET', '/metrics');
    return Number(/^nautes_clusters\{phase="Ready"\} (\d+)$/m.exec(String(body['text']))?.[1] ?? Number.NaN);
  }

  /** Resolves when the last look of each of these workers began after this time (RFC 3339, UTC). */
  async untilLookedAtSince(time: string, indexes: readonly number[]): Promise<void> {
    const since = Date.parse(time);
    const deadline = Date.now() + STANDSTILL_MILLISECONDS;
    for (const index of indexes) {
      for (;;) {
        const { lastCheckedAt = '' } = (await this.client.status(Fleet.nameOf(index))) ?? {};
        if (Date.parse(lastCheckedAt) >= since) break;
        if (Date.now() > deadline) throw new Error(`${Fleet.nameOf(index)} was not looked at again`);
        await sleep(POLL_MILLISECONDS);
      }
    }
  }

  /** Commits on `main` of the remote besides the one that it began with, and pushes that brought them. */
  async pushed(): Promise<{ readonly commits: number; readonly pushes: number }> {
    const commits = Number(await gitOutput(this.remote, ['rev-list', '--count', 'main']));
    const { stdout } = await git(this.remote, ['reflog', 'show', '--format=%H', 'main']);
    const pushes = stdout.toString().trim().split('\n').filter(Boolean).length;
    return { commits, pushes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

function sharedConfiguration({ kubeconfig, namespace }: { kubeconfig: string; namespace: string }, name: string) {
  return { storage: 'kubernetes', management: { kubeconfig, namespace }, replicas: { name } };
}

/** 1 to the count. */
export function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function serverOf(kubeconfig: string): string {
  return /server: (\S+)/.exec(kubeconfig)?.[1] ?? '';
}

async function publishedCatalog(): Promise<UpstreamCatalog> {
  const catalog = await upstreamCatalog(standInVcluster);
  if (catalog.unavailable === undefined) return catalog;
  await catalog.remove();
  throw new Error(catalog.unavailable);
}

/** Which the simulator plays; what is installed inside is the published material all the same. */
function standInVcluster(): Promise<Record<string, unknown>> {
  const manifest = join(import.meta.dirname, '../../sandbox/stand-ins/vcluster.yaml');
  return Promise.resolve({ name: 'vcluster', sources: [{ manifest }] });
}

async function makeRemote(directory: string): Promise<string> {
  await gitOutput(directory, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', 'remote.git']);
  const remote = join(directory, 'remote.git');
  await gitOutput(remote, ['config', 'core.logAllRefUpdates', 'always']);
  return remote;
}

/** Requests to a simulated cluster as its administrator. */
export async function administrator({ simulator }: Fleet, index: number): Promise<TargetCluster['request']> {
  const kubeconfig = await simulator.kubeconfig(index);
  return adminRequest(/server: (\S+)/.exec(kubeconfig)?.[1] ?? '', kubeconfig);
}
