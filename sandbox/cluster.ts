import { randomBytes } from 'node:crypto';
import type { Authenticator } from './access/authentication.ts';
import { Authorizer } from './access/authorization.ts';
import { TokenService } from './access/tokens.ts';
import { startControllers } from './controllers/controllers.ts';
import type { Counters } from './counters.ts';
import type { Faults } from './faults.ts';
import { type JsonObject, stringsOf } from './json.ts';
import { ObjectService } from './objects/object-service.ts';
import type { ClusterBehaviour } from './options.ts';
import { ResourceRegistry } from './resources/resource-registry.ts';
import { seedObjects } from './seed.ts';
import type { JsonPool } from './store/interning.ts';
import { ObjectStore } from './store/object-store.ts';
import { OwnerIndex } from './store/owner-index.ts';
import type { TimerQueue } from './timers.ts';

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

const SEED_MANAGER = 'kube-apiserver';

/** The state of one simulated cluster and what acts on it. Everything is in memory and ends with the process. */
export class Cluster {
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
  readonly registry = new ResourceRegistry();
  readonly authorizer: Authorizer;
  readonly tokens: TokenService;
  readonly authenticator: Authenticator;
  /** Custom resources whose storage was asked for; see `storageInitialization`. */
  readonly initializedStorage = new Set<string>();
  /** Makes this cluster's continue tokens its own. */
  readonly continueKey = randomBytes(8).toString('hex');

  #compactionScheduled = false;

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.authority = options.authority;
    this.behaviour = options.behaviour;
    this.timers = options.timers;
    this.faults = options.faults;
    this.counters = options.counters;
    this.certificateAuthority = options.certificateAuthority;
    this.store = new ObjectStore(options.behaviour.historyLimit);
    this.owners = new OwnerIndex(this.store);
    this.objects = new ObjectService(this.store, options.pool, this.owners);
    this.authorizer = new Authorizer(this.store);
    this.tokens = new TokenService(this.store, options.behaviour.tokenCacheMilliseconds, () => this.now());
    this.authenticator = {
      clusterGroup: options.clusterGroup,
      adminToken: options.adminToken,
      tokens: this.tokens,
    };
    startControllers(this);
    for (const object of seedObjects(options)) this.#seed(object);
    this.store.listen(() => this.#scheduleCompaction());
  }

  /** A cluster at rest forgets its history and then has no timer any more. */
  #scheduleCompaction(): void {
    if (this.#compactionScheduled) return;
    this.#compactionScheduled = true;
    const { version } = this.store;
    this.timers.schedule(this.behaviour.historyMilliseconds, () => {
      this.#compactionScheduled = false;
      this.store.compact(version);
      if (this.store.version > version) this.#scheduleCompaction();
    });
  }

  /** The time by the cluster's clock, in milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.faults.clockAheadMilliseconds;
  }

  #seed(object: JsonObject): void {
    const { apiVersion = '', kind = '' } = stringsOf(object);
    const resource = this.registry.findType(apiVersion, kind);
    if (resource === undefined) throw new Error(`unknown kind ${apiVersion} ${kind}`);
    const { name = '', namespace = '' } = stringsOf(object['metadata']);
    this.objects.create(resource, namespace, object, { manager: SEED_MANAGER });
    if (object['status'] === undefined || !resource.subresources.has('status')) return;
    this.objects.update(resource, namespace, name, object, { manager: SEED_MANAGER, subresource: 'status' });
  }
}
