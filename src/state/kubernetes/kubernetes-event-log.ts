import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { NautesError } from '../../errors/errors.ts';
import { type ObjectChange, Reflector } from '../../kube/index.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import type { NewEvent, ResourceEvent } from '../../resources/event.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import {
  type EventFilter,
  type EventLog,
  type EventPage,
  type EventScope,
  EVENTS_KEPT_PER_RESOURCE,
  matchesFilter,
  MAXIMUM_EVENT_PAGE,
  withinLimit,
} from '../event-log.ts';
import { configMapType, CONTENT_LABEL } from './cluster-state.ts';
import { eventsOf, mergedEvents, readRing, ringMap, ringName } from './event-ring.ts';
import { EventRings, type Ring } from './event-rings.ts';
import { RecentEvents } from './recent-events.ts';
import type { StateClient } from './state-client.ts';
import { isNewer } from './state-objects.ts';
import { stateWatchRestarts } from './state-metrics.ts';

/** At most one write in this time for each resource. */
const WRITE_INTERVAL_MILLISECONDS = 2_000;

/** How long the first event of a resource waits for others. */
const FIRST_WRITE_MILLISECONDS = 20;

/** Tries of one write; what fails is tried again with the next. */
const MAXIMUM_ATTEMPTS = 5;

/** How long a close waits for the events to be stored. */
const CLOSE_MILLISECONDS = 5_000;

/** Ids begin with the time: this many in a millisecond. */
const IDS_PER_MILLISECOND = 1024;

/**
 * The latest events of each resource in a ConfigMap of its own. An event is there for readers at once and stored within
 * two seconds: the end of the process before that loses it. Events of other replicas come by a watch, late and not always
 * in order of their ids.
 */
export class KubernetesEventLog implements EventLog {
  readonly #client: StateClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #reflector: Reflector;
  readonly #listeners = new Set<(event: ResourceEvent) => void>();
  readonly #rings = new EventRings();
  readonly #recent = new RecentEvents();
  #latest = 0;
  #isClosed = false;

  constructor(client: StateClient, clock: Clock, logger: Logger) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
    this.#reflector = new Reflector({
      client: (signal) => client.client(signal),
      type: configMapType,
      namespace: client.namespace,
      labelSelector: `${CONTENT_LABEL}=events`,
      onList: (objects) => this.#takeAll(objects),
      onChange: (change) => this.#takeChange(change),
      onRestart: () => client.metrics.add(stateWatchRestarts, { object: 'events' }),
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#reflector.start(signal);
    this.#recent.beginAfter(this.#latest);
  }

  async add(event: NewEvent): Promise<ResourceEvent> {
    this.#client.checkOpen();
    if (this.#isClosed) throw new NautesError('Closing');
    const now = this.#clock.now();
    const bounded = withinLimit(event);
    // The random part keeps the ids of two replicas in one millisecond apart.
    const id = Math.max(now * IDS_PER_MILLISECOND + Math.floor(Math.random() * IDS_PER_MILLISECOND), this.#latest + 1);
    const numbered: ResourceEvent = { ...bounded, id, time: new Date(now).toISOString() };
    const ring = this.#rings.of(event);
    ring.pending.push(numbered);
    this.#show(numbered);
    this.#schedule(ring);
    return numbered;
  }

  async after(id: number, { kind, name }: EventScope, limit: number): Promise<EventPage> {
    this.#client.checkOpen();
    const count = Math.min(Math.max(limit, 0), MAXIMUM_EVENT_PAGE);
    const latest = this.#latest;
    const known = name === undefined ? await this.#ofKind(kind, id) : this.#rings.eventsOf({ kind, name });
    const events = known.filter((event) => event.id > id).slice(0, count);
    const complete = id >= this.#rings.floorOf(kind, name) && id <= latest;
    return { events, complete, latest };
  }

  async latest({ kind, name }: EventScope, filter: EventFilter, limit: number): Promise<readonly ResourceEvent[]> {
    this.#client.checkOpen();
    const count = Math.min(Math.max(limit, 0), MAXIMUM_EVENT_PAGE);
    const newest = (events: readonly ResourceEvent[]): readonly ResourceEvent[] =>
      events
        .filter((event) => matchesFilter(filter, event))
        .slice(-count)
        .toReversed();
    if (count === 0) return [];
    if (name !== undefined) return newest(this.#rings.eventsOf({ kind, name }));
    const recent = newest(this.#rings.keptOf(kind, this.#recent.after(0)));
    return recent.length === count ? recent : newest(await this.#ofKind(kind, 0));
  }

  onEvent(listener: (event: ResourceEvent) => void): () => void {
    // A function of its own, so that the same listener can be registered twice.
    const registered = (event: ResourceEvent): void => listener(event);
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** Every resource that has events. */
  keys(): readonly ResourceKey[] {
    return this.#rings.all.map(({ key }) => key);
  }

  /** The events of a resource that are kept, oldest first. */
  eventsOf(key: ResourceKey): readonly ResourceEvent[] {
    return this.#rings.eventsOf(key);
  }

  /** Puts events of another log in the place of those of the resource. */
  async restore(key: ResourceKey, events: readonly ResourceEvent[]): Promise<void> {
    await this.forget(key);
    if (events.length === 0) return;
    const ring = this.#rings.of(key);
    ring.pending = events.slice(-EVENTS_KEPT_PER_RESOURCE);
    // The other log has dropped earlier ones.
    if (ring.pending.length === EVENTS_KEPT_PER_RESOURCE) ring.floor = (ring.pending[0]?.id ?? 1) - 1;
    for (const event of ring.pending) this.#latest = Math.max(this.#latest, event.id);
    this.#recent.beginAfter(this.#latest);
    await this.#write(ring);
  }

  /** Drops all events of a resource. */
  async forget(key: ResourceKey): Promise<void> {
    const ring = this.#rings.find(key);
    if (ring === undefined) return;
    clearTimeout(ring.timer);
    await ring.writing;
    this.#rings.delete(key);
    this.#recent.forget(key);
    const found = await this.#client.find(configMapType, ringName(key));
    if (found !== undefined) await this.#client.remove(configMapType, found);
  }

  /** Stores what is waiting, as far as that is possible now. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const rings = this.#rings.all.filter(({ pending }) => pending.length > 0);
    const writes = rings.map(async (ring) => {
      clearTimeout(ring.timer);
      await ring.writing;
      if (ring.pending.length > 0) await this.#write(ring);
    });
    const patience = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MILLISECONDS).unref());
    await Promise.race([Promise.allSettled(writes), patience]);
    await this.#reflector.close();
  }

  /** Makes an event readable and announces it, in one step. */
  #show(event: ResourceEvent): void {
    this.#latest = Math.max(this.#latest, event.id);
    this.#recent.add(event);
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ error, event: event.id }, 'a listener of events failed');
      }
    }
  }

  #schedule(ring: Ring): void {
    if (ring.timer !== undefined || ring.writing !== undefined) return;
    const since = performance.now() - ring.writtenAt;
    const wait = Math.max(FIRST_WRITE_MILLISECONDS, WRITE_INTERVAL_MILLISECONDS - since);
    ring.timer = setTimeout(() => {
      ring.timer = undefined;
      ring.writing = this.#write(ring)
        .catch((error: unknown) => this.#logger.warn({ error, ...ring.key }, 'events could not be stored yet'))
        .finally(() => {
          ring.writing = undefined;
          if (ring.pending.length > 0) this.#schedule(ring);
        });
    }, wait);
    ring.timer.unref();
  }

  /** Adds what is waiting to what is stored, and again when another replica was faster. */
  async #write(ring: Ring): Promise<void> {
    ring.writtenAt = performance.now();
    for (let attempt = 1; attempt <= MAXIMUM_ATTEMPTS; attempt += 1) {
      const { key, floor, stored: before } = ring;
      const last = ring.pending.at(-1)?.id ?? 0;
      const events = mergedEvents(eventsOf(key, before), ring.pending);
      const map = ringMap(this.#client.namespace, { key, events, floor, before });
      const result = await this.#client.write(configMapType, map);
      if (result.outcome === 'done') {
        ring.pending = ring.pending.filter(({ id }) => id > last);
        this.#accept(ring, result.object);
        return;
      }
      const found = await this.#client.find(configMapType, ringName(ring.key));
      if (found === undefined) ring.stored = undefined;
      else this.#take(found);
    }
  }

  #takeAll(objects: readonly KubeObject[]): void {
    const names = new Set(objects.map(({ metadata }) => metadata.name));
    for (const ring of this.#rings.all) {
      if (!names.has(ringName(ring.key)) && ring.stored !== undefined) this.#rings.dropStored(ring);
    }
    for (const object of objects) this.#take(object);
  }

  #takeChange({ type, object }: ObjectChange): void {
    if (type !== 'DELETED') return this.#take(object);
    const read = readRing(object);
    const ring = read && this.#rings.find(read.key);
    if (ring !== undefined && ring.stored?.uid === read?.ring.uid) this.#rings.dropStored(ring);
  }

  /** Takes over what another replica has stored, and announces its events. */
  #take(object: KubeObject): void {
    const read = readRing(object);
    if (read === undefined) return;
    const ring = this.#rings.of(read.key);
    const before = ring.stored;
    if (before !== undefined && !isNewer(read.ring.resourceVersion, before.resourceVersion)) return;
    const isFirst = before === undefined && ring.pending.length === 0;
    ring.stored = read.ring;
    const own = new Set(ring.pending.map(({ id }) => id));
    if (isFirst && !this.#recent.isBegun) {
      this.#latest = Math.max(this.#latest, read.ring.latest);
      return; // from before the start
    }
    const known = new Set(eventsOf(read.key, before).map(({ id }) => id));
    for (const event of eventsOf(read.key, read.ring)) {
      if (!known.has(event.id) && !own.has(event.id)) this.#show(event);
    }
  }

  #accept(ring: Ring, object: KubeObject): void {
    const read = readRing(object);
    const version = ring.stored?.resourceVersion;
    if (read === undefined || (version !== undefined && !isNewer(read.ring.resourceVersion, version))) return;
    ring.stored = read.ring;
  }

  /** At least all events of the kind after the id that are kept, in order. */
  async #ofKind(kind: string, id: number): Promise<ResourceEvent[]> {
    if (this.#recent.has(id)) return this.#rings.keptOf(kind, this.#recent.after(id));
    return await this.#rings.eventsOfKind(kind);
  }
}
