import { defined } from '../base/defined.ts';
import {
  type AddressPolicy,
  type ClusterConnection,
  ConnectionMemory,
  connectionOptions,
  openConnection,
  type ProxyRules,
  type ResolvedAddress,
  resolveAddress,
  type TransportLimits,
} from '../kube/index.ts';
import type { ApiServerAddress } from '../resources/cluster/api-server.ts';
import type { StoredCredential } from '../resources/credential.ts';
import type { ClusterAccess, ClusterAction, VersionedCredential } from './cluster-access.ts';
import { RecentKinds } from './recent-kinds.ts';
import { SharedConnections } from './shared-connections.ts';

/** Of a connection for a few requests: each that is opened for them costs a handshake. */
const FEW_REQUESTS = { concurrency: 3 } as const;

/** Who asks. */
export interface AccessCaller {
  /** Looked at before each request. @throws NautesError when this process may work on no cluster now */
  readonly checkFence?: (cluster: string) => void;
  /** Awaited before an answer is looked at, by who leaves the way to others. */
  readonly turn?: () => Promise<void>;
  /** What API servers log of the caller. Default: `nautes`. */
  readonly userAgent?: () => string;
  /** Shared with others who ask the same clusters. Default: of its own. */
  readonly kinds?: RecentKinds;
}

/** Connects to the address of the API server from this process, as far as the policy allows the address. */
export class DirectAccess implements ClusterAccess {
  readonly #addresses: AddressPolicy;
  readonly #caller: AccessCaller;
  readonly #kinds: RecentKinds;
  readonly #shared: SharedConnections;

  constructor(addresses: AddressPolicy, caller: AccessCaller = {}) {
    this.#addresses = addresses;
    this.#caller = caller;
    this.#kinds = caller.kinds ?? new RecentKinds();
    this.#shared = new SharedConnections({
      open: (credential, memory) => this.#open(credential, memory),
      newMemory: (credential) => this.#newMemory(credential),
    });
  }

  resolve(address: ApiServerAddress): Promise<ResolvedAddress> {
    return resolveAddress(address, this.#addresses);
  }

  proxiesOf({ url }: ApiServerAddress): ProxyRules {
    const { proxy, kubeconfigProxies } = this.#addresses;
    return { usual: proxy?.(new URL(url)), allowed: kubeconfigProxies };
  }

  async use<T>(credential: StoredCredential, action: ClusterAction<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const connection = this.#open(credential, this.#newMemory(credential), FEW_REQUESTS);
    try {
      return await action(connection);
    } finally {
      connection.close();
    }
  }

  async useShared<T>(credential: VersionedCredential, action: ClusterAction<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    return this.#shared.use(credential, action);
  }

  drop(cluster: string, incarnation?: string): void {
    this.#shared.drop(cluster, incarnation);
  }

  get size(): number {
    return this.#shared.size;
  }

  close(): void {
    this.#shared.close();
  }

  #newMemory({ binding }: StoredCredential): ConnectionMemory {
    return new ConnectionMemory(this.#kinds.of(binding));
  }

  #open(
    credential: StoredCredential,
    memory: ConnectionMemory,
    limits: Partial<TransportLimits> = {},
  ): ClusterConnection {
    const { checkFence, turn, userAgent } = this.#caller;
    const { cluster } = credential.binding;
    const admit = checkFence && (() => checkFence(cluster));
    const options = connectionOptions(credential, this.#addresses, limits);
    return openConnection({ ...options, ...defined({ admit, turn, userAgent }) }, memory);
  }
}
