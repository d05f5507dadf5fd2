import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makePrivateDirectory, writeFileAtomically } from '../src/base/files.ts';
import { type CertificateAuthority, createCertificateAuthority, issueCertificate } from '../src/base/x509.ts';
import { MASTERS_GROUP } from './access/user.ts';
import { handleRequest } from './api/handler.ts';
import { Cluster } from './cluster.ts';
import { type ControlEndpoint, startControlEndpoint } from './control-endpoint.ts';
import { Counters } from './counters.ts';
import { Faults } from './faults.ts';
import { type JsonObject, stringsOf } from './json.ts';
import { kubeconfig } from './kubeconfig.ts';
import { ClusterListener, type ListenAddress } from './listener.ts';
import { type ClusterBehaviour, DEFAULT_BEHAVIOUR } from './options.ts';
import { JsonPool } from './store/interning.ts';
import { TimerQueue } from './timers.ts';
import { VirtualClusters } from './virtual-clusters.ts';

export interface SandboxOptions extends Partial<ClusterBehaviour> {
  /** How many clusters to start with; at most {@link MAXIMUM_CLUSTERS}. */
  readonly clusters: number;
  /** Where kubeconfigs are written to: `cluster-<i>.kubeconfig`, from 1. None are written without it. */
  readonly directory?: string | undefined;
  /**
   * All clusters at this address, with a port each. Without it each cluster gets an address of its own in
   * 127.0.0.0/8 where the system has them (Linux), else 127.0.0.1.
   */
  readonly address?: string | undefined;
  /**
   * The port, or the first one when clusters share an address. Default 6443. 0 lets the system choose, which is
   * what tests that run side by side want.
   */
  readonly basePort?: number | undefined;
  /** Closes the sandbox. */
  readonly signal?: AbortSignal | undefined;
}

export const MAXIMUM_CLUSTERS = 10_000;
export const DEFAULT_PORT = 6443;
const SHARED_ADDRESS = '127.0.0.1';
/** How many listeners are opened at a time. */
const START_BATCH = 100;

/** Beyond this many clusters each keeps a shorter history unless `historyLimit` says otherwise. */
const MANY_CLUSTERS = 100;
const MANY_CLUSTERS_HISTORY = 100;

/** One simulated cluster as its users see it. */
export interface SandboxCluster {
  readonly name: string;
  /** From 1. */
  readonly index: number;
  /** URL of the API server. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly certificateAuthority: string;
  /** A bearer token of an administrator. */
  readonly adminToken: string;
  readonly faults: Faults;
  readonly counters: Counters;
  /** A kubeconfig with the client certificate (or the token) of an administrator inline. */
  kubeconfig(credential?: 'certificate' | 'token'): string;
  /** Resolves when faults of the connection (`unreachable`, `hang`) that were set are in force. */
  settled(): Promise<void>;
  /** An object without going through HTTP, or undefined. The namespace is empty for cluster-scoped ones. */
  get(apiVersion: string, kind: string, namespace: string, name: string): JsonObject | undefined;
  /** All objects of a kind; of all namespaces when it is empty. */
  list(apiVersion: string, kind: string, namespace?: string): JsonObject[];
  /** Server-side apply as another user, say `kubectl-edit`; forced. */
  apply(object: JsonObject, manager: string): JsonObject;
  /** Deletes as an administrator, in the background. */
  delete(apiVersion: string, kind: string, namespace: string, name: string): void;
  /** Forgets the history: watches from an older version get 410. */
  compact(): void;
  /** Virtual clusters that its vCluster workloads have brought up and that run, each at a node port of this one. */
  readonly virtualClusters: readonly SandboxCluster[];
  /** Ends all connections; new ones see another certificate of the same authority. */
  replaceServerCertificate(): void;
}

export interface Sandbox {
  readonly clusters: readonly SandboxCluster[];
  /** URL of the control endpoint; see the README. */
  readonly controlUrl: string;
  /** Starts one more cluster. */
  addCluster(): Promise<SandboxCluster>;
  /** Ends all connections and frees all ports. */
  close(): Promise<void>;
}

/** What all clusters of a sandbox share. */
interface Shared {
  readonly authority: CertificateAuthority;
  readonly behaviour: ClusterBehaviour;
  readonly pool: JsonPool;
  readonly timers: TimerQueue;
}

/**
 * Starts simulated clusters. Their objects are in memory only and end with the sandbox.
 * @throws Error when no port can be had, or the number of clusters is not possible
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clusters: count, directory } = options;
  if (!Number.isInteger(count) || count < 0 || count > MAXIMUM_CLUSTERS) {
    throw new Error(`the number of clusters must be between 0 and ${MAXIMUM_CLUSTERS}`);
  }
  options.signal?.throwIfAborted();
  const shared: Shared = {
    authority: createCertificateAuthority({ commonName: 'sandbox-ca' }),
    behaviour: behaviourOf(options),
    pool: new JsonPool(),
    timers: new TimerQueue(),
  };
  if (directory !== undefined) await makePrivateDirectory(directory);
  const sandbox = new RunningSandbox(options, shared);
  try {
    for (let started = 0; started < count; started += START_BATCH) {
      const batch = Math.min(START_BATCH, count - started);
      await Promise.all(Array.from({ length: batch }, () => sandbox.addCluster()));
    }
    await sandbox.startControl();
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  options.signal?.addEventListener('abort', () => void sandbox.close(), { once: true });
  return sandbox;
}

function behaviourOf(options: SandboxOptions): ClusterBehaviour {
  const own = Object.entries(options).filter(([key, value]) => key in DEFAULT_BEHAVIOUR && value !== undefined);
  const historyLimit = options.clusters > MANY_CLUSTERS ? MANY_CLUSTERS_HISTORY : DEFAULT_BEHAVIOUR.historyLimit;
  return { ...DEFAULT_BEHAVIOUR, historyLimit, ...Object.fromEntries(own) };
}

class RunningSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #shared: Shared;
  readonly #clusters: RunningCluster[] = [];
  #started = 0;
  #control: ControlEndpoint | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SandboxOptions, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
  }

  get clusters(): readonly SandboxCluster[] {
    return this.#clusters;
  }

  get controlUrl(): string {
    return this.#control?.url ?? '';
  }

  async startControl(): Promise<void> {
    this.#control = await startControlEndpoint(this);
  }

  async addCluster(): Promise<SandboxCluster> {
    const index = ++this.#started;
    const cluster = await RunningCluster.start(index, this.#options, this.#shared);
    this.#clusters[index - 1] = cluster;
    const { directory } = this.#options;
    if (directory !== undefined) {
      await writeFileAtomically(join(directory, `${cluster.name}.kubeconfig`), cluster.kubeconfig());
    }
    return cluster;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#shared.timers.close();
    await Promise.all([this.#control?.close(), ...this.#clusters.map((cluster) => cluster.close())]);
  }
}

class RunningCluster implements SandboxCluster {
  readonly name: string;
  readonly index: number;
  readonly adminToken = randomBytes(24).toString('base64url');
  readonly faults = new Faults();
  readonly counters = new Counters();
  readonly #shared: Shared;
  readonly #listener: ClusterListener;
  #virtual: VirtualClusters | undefined;
  #at: ListenAddress = { address: SHARED_ADDRESS, port: 0 };
  #state: Cluster | undefined;

  static async start(index: number, options: SandboxOptions, shared: Shared): Promise<RunningCluster> {
    const cluster = new RunningCluster(index, `cluster-${index}`, shared);
    await cluster.#listen(options);
    return cluster;
  }

  private constructor(index: number, name: string, shared: Shared) {
    this.index = index;
    this.name = name;
    this.#shared = shared;
    this.#listener = new ClusterListener({
      serverCertificate: () => this.#serverCertificate(),
      certificateAuthority: shared.authority.certificate,
      handler: (request, response) => void handleRequest(this.state, request, response),
      faults: this.faults,
      counters: this.counters,
    });
  }

  /** Made when it is first needed: a cluster that nobody asks costs a listening socket. */
  get state(): Cluster {
    this.#state ??= this.#begin();
    return this.#state;
  }

  #begin(): Cluster {
    const state = new Cluster({
      name: this.name,
      authority: `${this.#at.address}:${this.#at.port}`,
      behaviour: this.#shared.behaviour,
      pool: this.#shared.pool,
      timers: this.#shared.timers,
      faults: this.faults,
      counters: this.counters,
      certificateAuthority: this.#shared.authority.certificate,
      clusterGroup: this.#clusterGroup,
      adminToken: this.adminToken,
    });
    this.#virtual = new VirtualClusters(state, (name) => this.#virtualCluster(name));
    return state;
  }

  /** At the address of this one, with a port as soon as it has one. */
  #virtualCluster(name: string): RunningCluster {
    const cluster = new RunningCluster(this.index, name, this.#shared);
    cluster.#at = { address: this.#at.address, port: 0 };
    return cluster;
  }

  async open(port: number): Promise<void> {
    this.#at = await this.#listener.listen({ address: this.#at.address, port });
  }

  async shut(): Promise<void> {
    await this.#listener.close();
  }

  get virtualClusters(): readonly SandboxCluster[] {
    return (this.#virtual?.clusters ?? []) as readonly RunningCluster[];
  }

  get server(): string {
    return `https://${this.#at.address}:${this.#at.port}`;
  }

  get certificateAuthority(): string {
    return this.#shared.authority.certificate;
  }

  get #clusterGroup(): string {
    return `sandbox:${this.name}`;
  }

  async #listen(options: SandboxOptions): Promise<void> {
    const port = options.basePort ?? DEFAULT_PORT;
    if (options.address === undefined && process.platform === 'linux') {
      try {
        this.#at = await this.#listener.listen({ address: ownAddress(this.index), port });
        return;
      } catch {
        // The port is taken there, or the system has no such addresses: a port of the shared one then.
      }
    }
    const address = options.address ?? SHARED_ADDRESS;
    try {
      this.#at = await this.#listener.listen({ address, port: port === 0 ? 0 : port + this.index - 1 });
    } catch {
      this.#at = await this.#listener.listen({ address, port: 0 });
    }
  }

  #serverCertificate(): ReturnType<typeof issueCertificate> {
    return issueCertificate(this.#shared.authority, {
      commonName: this.name,
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ipAddresses: [...new Set([this.#at.address, SHARED_ADDRESS])],
      usages: ['server'],
    });
  }

  kubeconfig(credential: 'certificate' | 'token' = 'certificate'): string {
    const target = { name: this.name, server: this.server, certificateAuthority: this.certificateAuthority };
    if (credential === 'token') return kubeconfig({ ...target, credential: { token: this.adminToken } });
    const { certificate, privateKey } = issueCertificate(this.#shared.authority, {
      commonName: 'kubernetes-admin',
      organizations: [MASTERS_GROUP, this.#clusterGroup],
      usages: ['client'],
    });
    return kubeconfig({ ...target, credential: { certificate, privateKey: privateKey.reveal() } });
  }

  async settled(): Promise<void> {
    await Promise.all([this.#listener.settled(), this.#virtual?.settled()]);
  }

  get(apiVersion: string, kind: string, namespace: string, name: string): JsonObject | undefined {
    const resource = this.state.registry.findType(apiVersion, kind);
    const found = resource === undefined ? undefined : this.state.objects.find(resource, namespace, name);
    return resource === undefined || found === undefined ? undefined : this.state.objects.read(resource, found);
  }

  list(apiVersion: string, kind: string, namespace = ''): JsonObject[] {
    const resource = this.state.registry.findType(apiVersion, kind);
    if (resource === undefined) return [];
    return this.state.objects.list(resource, namespace).map((object) => this.state.objects.read(resource, object));
  }

  apply(object: JsonObject, manager: string): JsonObject {
    const { apiVersion = '', kind = '' } = stringsOf(object);
    const resource = this.#servedResource(apiVersion, kind);
    const { name = '', namespace = 'default' } = stringsOf(object['metadata']);
    const options = { manager, force: true };
    const written = this.state.objects.apply(resource, resource.namespaced ? namespace : '', name, object, options);
    return this.state.objects.read(resource, written.object);
  }

  delete(apiVersion: string, kind: string, namespace: string, name: string): void {
    const policy = { propagationPolicy: 'Background' as const };
    this.state.objects.delete(this.#servedResource(apiVersion, kind), namespace, name, policy);
  }

  compact(): void {
    this.state.store.compact();
  }

  replaceServerCertificate(): void {
    this.#listener.replaceServerCertificate();
  }

  #servedResource(apiVersion: string, kind: string) {
    const resource = this.state.registry.findType(apiVersion, kind);
    if (resource === undefined) throw new Error(`${this.name} does not serve ${apiVersion} ${kind}`);
    return resource;
  }

  async close(): Promise<void> {
    await Promise.all([this.#listener.close(), this.#virtual?.close()]);
  }
}

/** `127.0.1.<i>`, continued at `127.0.2.1` after 254. */
function ownAddress(index: number): string {
  const block = Math.floor((index - 1) / 254);
  return `127.0.${block + 1}.${((index - 1) % 254) + 1}`;
}
