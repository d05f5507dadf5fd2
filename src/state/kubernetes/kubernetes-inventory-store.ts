import { KeyedMutex } from '../../base/async/keyed-mutex.ts';
import { NautesError } from '../../errors/errors.ts';
import type { InventoryEntry, InventoryKey } from '../../resources/inventory.ts';
import type { Registration } from '../../resources/resource-key.ts';
import type { InventoryStore } from '../inventory-store.ts';
import { type StateObject, stateName } from './cluster-state.ts';
import { decodeInventory, encodeInventory, entryId, sortedEntries } from './inventory-form.ts';
import { type InventoryHead, InventoryMaps } from './inventory-maps.ts';
import type { StateClient } from './state-client.ts';
import type { StateObjects } from './state-objects.ts';

/** Compressed inventories in memory, in bytes: those that were read or written last. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** Versions of an inventory that a change is made on before it gives up. */
const MAXIMUM_ATTEMPTS = 8;

interface CachedInventory {
  /** Of the ownership in which it was read: nobody else writes it as long as that lasts. */
  readonly epoch: number;
  readonly round: number | undefined;
  readonly head: InventoryHead | undefined;
}

/** Inventories as ConfigMaps that belong to the registrations' objects. */
export class KubernetesInventoryStore implements InventoryStore {
  readonly #client: StateClient;
  readonly #objects: StateObjects;
  readonly #maps: InventoryMaps;
  readonly #mutex = new KeyedMutex();
  /** By object, least recently used first. */
  readonly #cache = new Map<string, CachedInventory>();
  #cachedBytes = 0;
  /** Objects with a write that another has forestalled, or that had no answer: they are read before the next. */
  readonly #doubtful = new Set<string>();

  constructor(client: StateClient, objects: StateObjects) {
    this.#client = client;
    this.#objects = objects;
    this.#maps = new InventoryMaps(client);
  }

  async list(registration: Registration): Promise<readonly InventoryEntry[]> {
    this.#client.checkOpen();
    return entriesOf(await this.#known(registration));
  }

  async put(registration: Registration, entries: readonly InventoryEntry[]): Promise<void> {
    this.#client.checkOpen();
    if (entries.length === 0) return;
    await this.#change(registration, (all) => {
      for (const entry of entries) all.set(entryId(entry), entry);
    });
  }

  async remove(registration: Registration, entries: readonly InventoryKey[]): Promise<void> {
    this.#client.checkOpen();
    if (entries.length === 0 || this.#objects.get(registration)?.spec.hasInventory !== true) return;
    await this.#change(registration, (all) => {
      for (const entry of entries) all.delete(entryId(entry));
    });
  }

  /** Puts entries of another store, of a registration that has none here. */
  async restore(registration: Registration, entries: readonly InventoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const owner = await this.#owner(registration, false);
    const content = encodeInventory(entries);
    const written = await this.#maps.write({ owner, epoch: owner.spec.epoch, content, before: undefined });
    this.#uncache(stateName(registration));
    if (written === undefined) throw new NautesError('OwnedElsewhere', { cluster: registration.name });
  }

  /** Removes what is stored of a registration that has ended. */
  async forget(registration: Registration): Promise<void> {
    const name = stateName(registration);
    await this.#mutex.run(name, async () => {
      this.#uncache(name);
      await this.#maps.remove(name);
    });
  }

  async #change(registration: Registration, change: (all: Map<string, InventoryEntry>) => void): Promise<void> {
    const name = stateName(registration);
    await this.#mutex.run(name, async () => {
      for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt += 1) {
        const epoch = this.#objects.epochOf(registration);
        const head = await this.#current(registration);
        if (head !== undefined && head.epoch > epoch)
          throw new NautesError('OwnedElsewhere', { cluster: registration.name });
        const all = new Map(entriesOf(head).map((entry) => [entryId(entry), entry]));
        change(all);
        const content = encodeInventory(sortedEntries(all.values()));
        if (head !== undefined && content.equals(head.content)) return;
        const owner = await this.#owner(registration);
        const written = await this.#maps.write({ owner, epoch, content, before: head });
        if (written === undefined) {
          this.#doubtful.add(name);
          continue;
        }
        this.#remember(name, { epoch, round: owner.spec.round, head: written });
        return;
      }
      throw new NautesError('OwnedElsewhere', { cluster: registration.name });
    });
  }

  /** The registration's object, which says that there is an inventory before there is one. */
  async #owner(registration: Registration, fenced = true): Promise<StateObject> {
    const owner = await this.#objects.change(
      registration,
      (spec) => (spec.hasInventory === true ? spec : { ...spec, hasInventory: true }),
      fenced,
    );
    if (owner === undefined) throw new Error('a registration with an inventory has no object');
    return owner;
  }

  /** What counts as the inventory now: of an ended registration, or one registered again, that of before does not. */
  async #current(registration: Registration): Promise<InventoryHead | undefined> {
    const name = stateName(registration);
    const epoch = this.#ownEpoch(registration);
    const cached = this.#cache.get(name);
    if (cached !== undefined && this.#counts(cached, registration) && !this.#doubtful.has(name)) return cached.head;
    // Not from memory, which may be behind what the owner before has written.
    const object = await this.#objects.refresh(registration);
    const round = roundOf(object);
    const found = object?.spec.hasInventory === true ? await this.#maps.read(name) : undefined;
    const head = found === undefined || found.round === round ? found : { ...found, content: encodeInventory([]) };
    this.#doubtful.delete(name);
    if (epoch !== undefined) this.#remember(name, { epoch, round, head });
    return head;
  }

  /** The same; what was known before a write without an answer, while the cluster does not answer. */
  async #known(registration: Registration): Promise<InventoryHead | undefined> {
    try {
      return await this.#current(registration);
    } catch (error) {
      const cached = this.#cache.get(stateName(registration));
      const isAway = error instanceof NautesError && error.reason === 'StatusStoreUnavailable';
      if (!isAway || cached === undefined || !this.#counts(cached, registration)) throw error;
      return cached.head;
    }
  }

  #counts({ epoch, round }: CachedInventory, registration: Registration): boolean {
    return epoch === this.#ownEpoch(registration) && round === roundOf(this.#objects.get(registration));
  }

  /** `undefined` for a replica that does not own the registration: it reads what is stored each time. */
  #ownEpoch(registration: Registration): number | undefined {
    try {
      return this.#objects.epochOf(registration);
    } catch (error) {
      if (error instanceof NautesError && error.reason === 'OwnedElsewhere') return undefined;
      throw error;
    }
  }

  #remember(name: string, inventory: CachedInventory): void {
    this.#uncache(name);
    this.#cache.set(name, inventory);
    this.#cachedBytes += sizeOf(inventory);
    for (const [oldest] of this.#cache) {
      if (this.#cachedBytes <= CACHE_BYTES) break;
      this.#uncache(oldest);
    }
  }

  #uncache(name: string): void {
    const known = this.#cache.get(name);
    if (known === undefined) return;
    this.#cache.delete(name);
    this.#cachedBytes -= sizeOf(known);
  }
}

/** Of a registration that nothing is stored of, none. */
function roundOf(object: StateObject | undefined): number | undefined {
  return object?.spec.round;
}

function sizeOf({ head }: CachedInventory): number {
  return head?.content.length ?? 0;
}

function entriesOf(head: InventoryHead | undefined): InventoryEntry[] {
  return head === undefined ? [] : decodeInventory(head.content);
}
