import { randomBytes } from 'node:crypto';
import { type CertificateAuthority, createCertificateAuthority, issueCertificate } from '../src/base/tls/x509.ts';
import { MASTERS_GROUP } from './access/user.ts';
import { onBody } from './api/exchange.ts';
import { handleRequest } from './api/handler.ts';
import { type ClusterState, createClusterState } from './cluster/cluster-state.ts';
import { compactHistory } from './cluster/compaction.ts';
import { seedCluster } from './cluster/seed.ts';
import { startControllers } from './controllers/controllers.ts';
import { Counters } from './base/counters.ts';
import { Faults } from './cluster/faults.ts';
import { type JsonObject, stringsOf } from './base/json.ts';
import { kubeconfig } from './kubeconfig.ts';
import { ClusterListener, type ListenAddress } from './listener.ts';
import type { ClusterBehaviour } from './cluster/behaviour.ts';
import type { JsonPool } from './store/interning.ts';
import type { TimerQueue } from './base/timers.ts';
import type { RequestObserver } from './observer.ts';
import type { PlaceOptions, SandboxCluster } from './sandbox-api.ts';
import { VirtualClusters } from './virtual-clusters.ts';

const DEFAULT_PORT = 6443;
const SHARED_ADDRESS = '127.0.0.1';

/** What all clusters of a sandbox share. */
export interface Shared {
  readonly authority: CertificateAuthority;
  readonly behaviour: ClusterBehaviour;
  readonly pool: JsonPool;
  readonly timers: TimerQueue;
  readonly observe: RequestObserver | undefined;
}

/** A simulated cluster with its listener, and its virtual clusters. */
export class RunningCluster implements SandboxCluster {
  readonly name: string;
  readonly index: number;
  readonly adminToken = randomBytes(24).toString('base64url');
  readonly faults = new Faults();
  readonly counters = new Counters();
  readonly #shared: Shared;
  readonly #listener: ClusterListener;
  #virtual: VirtualClusters | undefined;
  #at: ListenAddress = { address: SHARED_ADDRESS, port: 0 };
  #state: ClusterState | undefined;
  /** The authority of the server's certificate, where it is not that of all clusters. */
  #ownAuthority: CertificateAuthority | undefined;

  static async start(index: number, options: PlaceOptions, shared: Shared): Promise<RunningCluster> {
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
      handler: (request, response) => {
        shared.observe?.(index, { request, response, onBody: (listener) => onBody(request, listener) });
        void handleRequest(this.state, request, response);
      },
      faults: this.faults,
      counters: this.counters,
    });
  }

  /** Created on first use: a cluster without requests costs a listening socket. */
  get state(): ClusterState {
    this.#state ??= this.#begin();
    return this.#state;
  }

  #begin(): ClusterState {
    const state = createClusterState({
      name: this.name,
      authority: `${this.#at.address}:${this.#at.port}`,
      behaviour: this.#shared.behaviour,
      pool: this.#shared.pool,
      timers: this.#shared.timers,
      faults: this.faults,
      counters: this.counters,
      certificateAuthority: this.certificateAuthority,
      clusterGroup: this.#clusterGroup,
      adminToken: this.adminToken,
    });
    startControllers(state);
    seedCluster(state);
    compactHistory(state);
    this.#virtual = new VirtualClusters(state, (name) => this.#virtualCluster(name));
    return state;
  }

  /**
   * At the address of this one, with a port as soon as it has one. Its authority is its own and goes with it, as with
   * vCluster: clients of the earlier one do not trust a recreated one.
   */
  #virtualCluster(name: string): RunningCluster {
    const cluster = new RunningCluster(this.index, name, this.#shared);
    cluster.#ownAuthority = createCertificateAuthority({ commonName: `${name}-ca` });
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
    return this.#servingAuthority.certificate;
  }

  get #servingAuthority(): CertificateAuthority {
    return this.#ownAuthority ?? this.#shared.authority;
  }

  get #clusterGroup(): string {
    return `sandbox:${this.name}`;
  }

  async #listen(options: PlaceOptions): Promise<void> {
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
    return issueCertificate(this.#servingAuthority, {
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

  replaceAuthority(): void {
    this.#ownAuthority = createCertificateAuthority({ commonName: `${this.name}-ca` });
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
