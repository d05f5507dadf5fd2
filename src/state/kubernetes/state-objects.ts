import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import type { Clock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { type ObjectChange, Reflector } from '../../kube/index.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { ChangeListeners } from '../change-listeners.ts';
import type { WriteFence } from '../write-fence.ts';
import {
  type ClusterStateSpec,
  clusterStateType,
  emptySpec,
  isEmptySpec,
  keyId,
  readStateObject,
  type StateObject,
  stateName,
  stateObjectOf,
} from './cluster-state.ts';
import type { StateClient } from './state-client.ts';
import { stateWatchRestarts } from './state-metrics.ts';

/** Versions of an object that a change is decided on before it gives up: others write it all the time. */
const MAXIMUM_ATTEMPTS = 8;

/** Writes without an answer that a change makes again. */
const MAXIMUM_UNANSWERED = 2;

/** What a registration's object is to say; the same object for no change. One that says nothing is deleted. */
export type Decision = (spec: ClusterStateSpec) => ClusterStateSpec;

export interface StateObjectsOptions {
  readonly client: StateClient;
  /** Told the highest epoch of any object at the start. */
  readonly fence: (highest: number) => WriteFence;
  readonly clock: Clock;
  /** Told of what changes. */
  readonly changes: ChangeListeners;
}

/**
 * The objects of all registrations, in memory: listed once, then followed. A write of this process is in memory before
 * it resolves.
 */
export class StateObjects {
  readonly #client: StateClient;
  readonly #clock: Clock;
  readonly #changes: ChangeListeners;
  readonly #makeFence: StateObjectsOptions['fence'];
  readonly #objects = new Map<string, StateObject>();
  /** Names of objects by resource. */
  readonly #byKey = new Map<string, Set<string>>();
  /** UIDs of objects that this process has deleted and whose deletion it was not told of yet. */
  readonly #deleted = new Set<string>();
  readonly #mutex = new KeyedMutex();
  readonly #reflector: Reflector;
  #fence: WriteFence | undefined;
  #highestOrder = 0;

  constructor({ client, fence, clock, changes }: StateObjectsOptions) {
    this.#client = client;
    this.#changes = changes;
    this.#makeFence = fence;
    this.#clock = clock;
    this.#reflector = new Reflector({
      client: (signal) => client.client(signal),
      type: clusterStateType,
      namespace: client.namespace,
      onList: (objects, version) => this.#takeAll(objects, version),
      onChange: (change) => this.#takeChange(change),
      onRestart: () => client.metrics.add(stateWatchRestarts, { object: clusterStateType.kind }),
    });
  }

  /** Resolves when all objects are in memory. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#reflector.start(signal);
    const epochs = [...this.#objects.values()].map(({ spec }) => spec.epoch);
    this.#fence = this.#makeFence(epochs.reduce((highest, epoch) => Math.max(highest, epoch), 0));
  }

  /** Resolves when no write is under way. */
  async idle(): Promise<void> {
    await this.#mutex.idle();
  }

  async close(): Promise<void> {
    await this.#reflector.close();
  }

  /** Whether changes of others are told, as far as is known. */
  get isConnected(): boolean {
    return this.#reflector.isConnected;
  }

  /** The epoch that writes about the key carry. @throws NautesError `OwnedElsewhere` */
  epochOf(key: ResourceKey): number {
    if (this.#fence === undefined) throw new Error('the state is not open');
    return this.#fence.epochOf(key);
  }

  get(registration: Registration): StateObject | undefined {
    return this.#objects.get(stateName(registration));
  }

  /** The objects of all registrations of the name. */
  ofKey(key: ResourceKey): StateObject[] {
    return [...(this.#byKey.get(keyId(key)) ?? [])].flatMap((name) => this.#objects.get(name) ?? []);
  }

  all(): IterableIterator<StateObject> {
    return this.#objects.values();
  }

  /** A number above every order that is known: what gets it later counts as later. */
  nextOrder(): number {
    this.#highestOrder = Math.max(this.#highestOrder + 1, this.#clock.now());
    return this.#highestOrder;
  }

  /** The object as it is in the cluster now, for decisions that must not be made on what was told last. */
  async refresh(registration: Registration): Promise<StateObject | undefined> {
    const name = stateName(registration);
    const found = await this.#client.find(clusterStateType, name);
    if (found === undefined) this.#forget(name);
    else this.#take(found);
    return this.#objects.get(name);
  }

  /**
   * Changes what is stored of a registration: decides on what is known, writes if that changes anything, and decides again
   * when another writer was faster. Resolves with what is stored then.
   * @param fenced whether the write is of an owner: it carries the epoch and is refused to an earlier owner
   * @throws NautesError `OwnedElsewhere`, `StatusStoreUnavailable`, `StateTooLarge`, `ManagementStorageFull`, `StateRefused`
   */
  async change(registration: Registration, decide: Decision, fenced = true): Promise<StateObject | undefined> {
    const name = stateName(registration);
    return await this.#mutex.run(name, async () => {
      let unanswered = 0;
      for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt += 1) {
        const seen = this.#objects.get(name);
        const before = seen?.spec ?? emptySpec(registration);
        const decided = decide(before);
        if (decided === before || (seen === undefined && isEmptySpec(decided))) return seen;
        const next = fenced ? { ...decided, epoch: this.#epochFor(registration, before) } : decided;
        const result = await this.#store(next, seen);
        if (result.outcome === 'done') return this.#objects.get(name);
        if (result.outcome === 'unknown' && (unanswered += 1) > MAXIMUM_UNANSWERED) throw result.error;
        await this.refresh(registration);
      }
      throw new NautesError('OwnedElsewhere', { cluster: registration.name });
    });
  }

  #epochFor(key: ResourceKey, { epoch }: ClusterStateSpec): number {
    const own = this.epochOf(key);
    if (own < epoch) throw new NautesError('OwnedElsewhere', { cluster: key.name });
    return own;
  }

  async #store(spec: ClusterStateSpec, seen: StateObject | undefined) {
    const object = stateObjectOf(this.#client.namespace, spec, seen);
    if (!isEmptySpec(spec)) {
      const result = await this.#client.write(clusterStateType, object);
      if (result.outcome === 'done') this.#take(result.object);
      return result;
    }
    const result = await this.#client.remove(clusterStateType, object);
    if (result.outcome === 'done' && seen !== undefined) {
      this.#deleted.add(seen.uid);
      this.#forget(seen.objectName);
    }
    return result;
  }

  #takeAll(objects: readonly KubeObject[], version: string): void {
    const names = new Set(objects.map(({ metadata }) => metadata.name));
    for (const [name, { resourceVersion }] of this.#objects) {
      if (!names.has(name) && !isNewer(resourceVersion, version)) this.#forget(name);
    }
    const uids = new Set(objects.map(({ metadata }) => metadata.uid));
    for (const uid of this.#deleted) if (!uids.has(uid)) this.#deleted.delete(uid);
    for (const object of objects) this.#take(object);
  }

  #takeChange({ type, object }: ObjectChange): void {
    if (type !== 'DELETED') return this.#take(object);
    const { uid = '', name } = object.metadata;
    this.#deleted.delete(uid);
    if (this.#objects.get(name)?.uid === uid) this.#forget(name);
  }

  /** Remembers an object unless a later version of it is known. */
  #take(object: KubeObject): void {
    const read = readStateObject(object);
    if (read === undefined || this.#deleted.has(read.uid)) return;
    const known = this.#objects.get(read.objectName);
    if (known !== undefined && !isNewer(read.resourceVersion, known.resourceVersion)) return;
    this.#objects.set(read.objectName, read);
    const { statusOrder = 0, offboardingOrder = 0, receiptOrder = 0 } = read.spec;
    this.#highestOrder = Math.max(this.#highestOrder, statusOrder, offboardingOrder, receiptOrder);
    const id = keyId(read.spec);
    const names = this.#byKey.get(id) ?? new Set();
    this.#byKey.set(id, names.add(read.objectName));
    this.#changes.tell(read.spec);
  }

  #forget(name: string): void {
    const known = this.#objects.get(name);
    if (known === undefined) return;
    this.#objects.delete(name);
    const id = keyId(known.spec);
    const names = this.#byKey.get(id);
    names?.delete(name);
    if (names?.size === 0) this.#byKey.delete(id);
    this.#changes.tell(known.spec);
  }
}

/** Versions of one kind of object can be compared since Kubernetes 1.35 (KEP-5504); they are revisions of etcd. */
export function isNewer(version: string, than: string): boolean {
  const [left, right] = [Number(version), Number(than)];
  return Number.isFinite(left) && Number.isFinite(right) ? left > right : version !== than;
}
