import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';
import {
  type AddressPolicy,
  type AddressProxies,
  AnswerBudget,
  type ClusterConnection,
  type KubeClient,
  openConnection,
  throughOwnProxy,
  type TransportLimits,
} from '../kube/index.ts';
import { NautesError } from '../errors/errors.ts';
import type { CredentialMaterial } from '../resources/credential.ts';
import type { ManagementCluster } from './management-cluster.ts';

/** How long what was read of a credential counts: the kubelet replaces a token when a fifth of its life is left. */
const RELOAD_MILLISECONDS = 10_000;

/** Requests that began with the credential of before have as long as this to end; watches resume with the new one. */
const RETIREMENT_MILLISECONDS = 120_000;

/** Not the address of a stranger: whoever writes the configuration chooses it. */
const MANAGEMENT_ADDRESSES: AddressPolicy = {
  allowLoopback: true,
  allowLinkLocal: true,
  allowMetadata: false,
  allowPrivate: true,
  denied: [],
};

/** Many small requests at once, and a short pause when it does not answer: all work waits for it. */
const MANAGEMENT_LIMITS: Partial<TransportLimits> = {
  concurrency: 24,
  longestPause: 1_000,
  requestTimeout: 30_000,
  maximumTraffic: Number.POSITIVE_INFINITY,
};

/** Apart from those of the clusters that are registered: what they send never delays the management cluster. */
const managementAnswers = new AnswerBudget({ totalBytes: Number.POSITIVE_INFINITY });

/** How to reach an API server, as its source says now. */
export interface ManagementAccess {
  /** `https://host:port` */
  readonly server: string;
  /** PEM; empty for the authorities that Node trusts. */
  readonly certificateAuthority: string;
  readonly tlsServerName?: string;
  /** Of a registered cluster that is reached by a proxy of its own. */
  readonly proxyUrl?: string;
  readonly material: Secret<CredentialMaterial>;
}

export interface ReloadingClusterOptions {
  /** The key of the configuration that names the source. */
  readonly key: string;
  readonly namespace: string;
  /** Reads the source again. @throws NautesError `ManagementAccessUnusable` */
  readonly read: () => Promise<ManagementAccess>;
  readonly limits?: Partial<TransportLimits>;
  /** Which addresses it may have; by default nearly any. */
  readonly addresses?: AddressPolicy;
  /** Absent: those of the addresses. */
  readonly proxies?: AddressProxies;
  readonly clock?: Clock;
}

/**
 * A management cluster whose credential is read again while it is used. What cannot be read is not an error as long as
 * there is an earlier one: files are replaced one after the other.
 * @throws NautesError `ManagementAccessUnusable` when the source cannot be read at all
 */
export async function openReloadingCluster(options: ReloadingClusterOptions): Promise<ManagementCluster> {
  const cluster = new ReloadingCluster(options, await options.read());
  const { describe, namespace } = cluster;
  return {
    describe,
    namespace,
    client: () => cluster.client(),
    connection: () => cluster.connection(),
    close: () => cluster.close(),
  };
}

class ReloadingCluster {
  readonly describe: string;
  readonly namespace: string;
  readonly #options: ReloadingClusterOptions;
  readonly #clock: Clock;
  readonly #retired = new Map<ClusterConnection, NodeJS.Timeout>();
  #current: ClusterConnection;
  #fingerprint: string;
  #readAt: number;
  #reading: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: ReloadingClusterOptions, access: ManagementAccess) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.describe = `${access.server} (${options.key})`;
    this.namespace = options.namespace;
    this.#current = this.#open(access);
    this.#fingerprint = fingerprintOf(access);
    this.#readAt = this.#clock.now();
  }

  async client(): Promise<KubeClient> {
    return (await this.connection()).client;
  }

  async connection(): Promise<ClusterConnection> {
    if (this.#isClosed) throw new NautesError('ClusterConnectionClosed');
    if (this.#clock.now() - this.#readAt >= RELOAD_MILLISECONDS) {
      this.#reading ??= this.#reload().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#current;
  }

  close(): void {
    this.#isClosed = true;
    this.#current.close();
    for (const [connection, timer] of this.#retired) {
      clearTimeout(timer);
      connection.close();
    }
    this.#retired.clear();
  }

  async #reload(): Promise<void> {
    this.#readAt = this.#clock.now();
    const access = await this.#options.read().catch(() => undefined);
    if (access === undefined || this.#isClosed) return;
    const fingerprint = fingerprintOf(access);
    if (fingerprint === this.#fingerprint) return;
    this.#retire(this.#current);
    this.#current = this.#open(access);
    this.#fingerprint = fingerprint;
  }

  #retire(connection: ClusterConnection): void {
    const timer = setTimeout(() => {
      this.#retired.delete(connection);
      connection.close();
    }, RETIREMENT_MILLISECONDS);
    timer.unref();
    this.#retired.set(connection, timer);
  }

  #open({ proxyUrl, ...access }: ManagementAccess): ClusterConnection {
    const limits = { ...MANAGEMENT_LIMITS, ...this.#options.limits };
    const { addresses: given = MANAGEMENT_ADDRESSES, proxies } = this.#options;
    const usual = { ...given, ...proxies };
    const addresses = proxyUrl === undefined ? usual : throughOwnProxy(proxyUrl, usual);
    return openConnection({ ...access, addresses, limits, answers: managementAnswers });
  }
}

function fingerprintOf({
  server,
  certificateAuthority,
  tlsServerName = '',
  proxyUrl = '',
  material,
}: ManagementAccess): string {
  const parts = [server, certificateAuthority, tlsServerName, proxyUrl, material.reveal()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
