import { randomBytes } from 'node:crypto';
import type { Authenticator } from '../access/authentication.ts';
import { Authorizer } from '../access/authorization.ts';
import { TokenService } from '../access/tokens.ts';
import type { Counters } from '../base/counters.ts';
import type { TimerQueue } from '../base/timers.ts';
import { ObjectService } from '../objects/object-service.ts';
import { ResourceRegistry } from '../resources/resource-registry.ts';
import type { JsonPool } from '../store/interning.ts';
import { ObjectStore } from '../store/object-store.ts';
import { OwnerIndex } from '../store/owner-index.ts';
import type { ClusterBehaviour } from './behaviour.ts';
import type { Faults } from './faults.ts';

export interface ClusterOptions {
  readonly name: string;
  /** `host:port` that clients reach it at. */
  readonly authority: string;
  readonly behaviour: ClusterBehaviour;
  readonly pool: JsonPool;
  readonly timers: TimerQueue;
  readonly faults: Faults;
  readonly counters: Counters;
  /** PEM, for the `kube-root-ca.crt` ConfigMaps. */
  readonly certificateAuthority: string;
  readonly clusterGroup: string;
  readonly adminToken: string;
}

/** The state of one simulated cluster. Everything is in memory and ends with the process. */
export interface ClusterState {
  readonly name: string;
  readonly authority: string;
  readonly behaviour: ClusterBehaviour;
  readonly timers: TimerQueue;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly certificateAuthority: string;
  readonly store: ObjectStore;
  readonly owners: OwnerIndex;
  readonly objects: ObjectService;
  readonly registry: ResourceRegistry;
  readonly authorizer: Authorizer;
  readonly tokens: TokenService;
  readonly authenticator: Authenticator;
  /** Custom resources whose storage was initialised; see `storageInitialization`. */
  readonly initializedStorage: Set<string>;
  /** Ties continue tokens to this cluster. */
  readonly continueKey: string;
  /** The time by the cluster's clock, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** An empty cluster on which nothing acts yet. */
export function createClusterState(options: ClusterOptions): ClusterState {
  const { name, authority, behaviour, timers, faults, counters, certificateAuthority } = options;
  const now = (): number => Date.now() + faults.clockAheadMilliseconds;
  const store = new ObjectStore(behaviour.historyLimit);
  const owners = new OwnerIndex(store);
  const tokens = new TokenService(store, behaviour.tokenCacheMilliseconds, now);
  return {
    name,
    authority,
    behaviour,
    timers,
    faults,
    counters,
    certificateAuthority,
    store,
    owners,
    objects: new ObjectService(store, options.pool, owners, behaviour.nodePorts),
    registry: new ResourceRegistry(),
    authorizer: new Authorizer(store),
    tokens,
    authenticator: { clusterGroup: options.clusterGroup, adminToken: options.adminToken, tokens },
    initializedStorage: new Set(),
    continueKey: randomBytes(8).toString('hex'),
    now,
  };
}
