import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { NautesError } from '../../errors/errors.ts';
import type { NewEvent, ResourceEvent } from '../../resources/event.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import {
  type EventFilter,
  type EventLog,
  type EventPage,
  type EventScope,
  EVENTS_KEPT_PER_RESOURCE,
  MAXIMUM_EVENT_PAGE,
  withinLimit,
} from '../event-log.ts';
import type { StateDatabase } from './state-database.ts';

/** How long an event waits for others to be stored with. */
const BATCH_MILLISECONDS = 3;
/** As many events as this are stored without waiting. */
const MAXIMUM_BATCH = 500;

/** Stands for the whole kind in the table of floors. No resource can have this name. */
const WHOLE_KIND = '';

interface PendingEvent {
  readonly event: ResourceEvent;
  readonly stored: PromiseWithResolvers<ResourceEvent>;
}

/** Events are stored in batches, in order of their ids, and announced once they are stored. */
export class SqliteEventLog implements EventLog {
  readonly #database: StateDatabase;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #statements: EventStatements;
  readonly #listeners = new Set<(event: ResourceEvent) => void>();
  #pending: PendingEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The last id that was given out, and the last one that is stored. */
  #last: number;
  #latest: number;
  #isClosed = false;

  constructor(database: StateDatabase, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.#statements = prepareStatements(database);
    this.#latest = database.run(() => Number(this.#statements.latest.get()?.seq ?? 0));
    this.#last = this.#latest;
  }

  async add(event: NewEvent): Promise<ResourceEvent> {
    if (this.#isClosed) throw new NautesError('Closing');
    this.#last += 1;
    const time = new Date(this.#clock.now()).toISOString();
    const numbered: ResourceEvent = { ...withinLimit(event), id: this.#last, time };
    const pending = { event: numbered, stored: Promise.withResolvers<ResourceEvent>() };
    this.#pending.push(pending);
    if (this.#pending.length >= MAXIMUM_BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MILLISECONDS);
    return await pending.stored.promise;
  }

  async after(id: number, { kind, name }: EventScope, limit: number): Promise<EventPage> {
    return this.#database.run(() => {
      const { afterOfKind, afterOfResource, floor } = this.#statements;
      const count = Math.min(Math.max(limit, 0), MAXIMUM_EVENT_PAGE);
      const rows = name === undefined ? afterOfKind.all(kind, id, count) : afterOfResource.all(kind, name, id, count);
      const dropped = Number(floor.get(kind, name ?? WHOLE_KIND)?.id ?? 0);
      // An id that was never given out comes from another database: what the caller has seen is not of this one.
      const complete = id >= dropped && id <= this.#latest;
      return { events: rows.map(eventOf), complete, latest: this.#latest };
    });
  }

  async latest(
    { kind, name }: EventScope,
    { type, reason }: EventFilter,
    limit: number,
  ): Promise<readonly ResourceEvent[]> {
    return this.#database.run(() => {
      const { latestOfKind, latestOfResource } = this.#statements;
      const count = Math.min(Math.max(limit, 0), MAXIMUM_EVENT_PAGE);
      const filter = [type ?? null, type ?? null, reason ?? null, reason ?? null, count];
      const rows = name === undefined ? latestOfKind.all(kind, ...filter) : latestOfResource.all(kind, name, ...filter);
      return rows.map(eventOf);
    });
  }

  onEvent(listener: (event: ResourceEvent) => void): () => void {
    // A function of its own, so that the same listener can be registered twice.
    const registered = (event: ResourceEvent): void => listener(event);
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** Stores what is waiting and takes no more events. */
  close(): void {
    this.#isClosed = true;
    this.#flush();
  }

  /** Drops all events of a resource, within a transaction of the caller. */
  forget(key: ResourceKey): void {
    const newest = this.#statements.newestOfResource.get(key.kind, key.name, 0);
    if (newest !== undefined) this.#drop(key, Number(newest.id));
  }

  /** Every event of a resource, oldest first. */
  eventsOf({ kind, name }: ResourceKey): readonly ResourceEvent[] {
    return this.#statements.afterOfResource.all(kind, name, 0, EVENTS_KEPT_PER_RESOURCE).map(eventOf);
  }

  /** Stores events of a resource that has none, within a transaction of the caller: with their ids where these are free. */
  restore(key: ResourceKey, events: readonly ResourceEvent[]): void {
    const kept = events.slice(-EVENTS_KEPT_PER_RESOURCE);
    let free = 0;
    for (const { id, kind: _kind, name: _name, ...document } of kept) {
      free = Math.max(free + 1, id);
      while (this.#statements.taken.get(free) !== undefined) free += 1;
      this.#statements.insert.run(free, key.kind, key.name, JSON.stringify(document));
    }
    const [first] = kept;
    // Retention has dropped earlier ones.
    if (first !== undefined && kept.length === EVENTS_KEPT_PER_RESOURCE) this.#drop(key, first.id - 1);
    this.#latest = Math.max(this.#latest, free);
    this.#last = Math.max(this.#last, free);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    try {
      this.#database.transaction(() => this.#store(batch));
    } catch (error) {
      for (const { stored } of batch) stored.reject(error);
      return;
    }
    this.#latest = batch.at(-1)?.event.id ?? this.#latest;
    for (const { event, stored } of batch) {
      stored.resolve(event);
      this.#announce(event);
    }
  }

  #store(batch: readonly PendingEvent[]): void {
    const resources = new Map<string, ResourceKey>();
    for (const { event } of batch) {
      const { id, kind, name, ...document } = event;
      this.#statements.insert.run(id, kind, name, JSON.stringify(document));
      resources.set(`${kind}/${name}`, { kind, name });
    }
    for (const key of resources.values()) {
      const oldest = this.#statements.newestOfResource.get(key.kind, key.name, EVENTS_KEPT_PER_RESOURCE);
      if (oldest !== undefined) this.#drop(key, Number(oldest.id));
    }
  }

  /** Drops the resource's events up to the id and remembers that they are missing. */
  #drop({ kind, name }: ResourceKey, id: number): void {
    this.#statements.dropUpTo.run(kind, name, id);
    for (const floor of [name, WHOLE_KIND]) this.#statements.raiseFloor.run(kind, floor, id);
  }

  #announce(event: ResourceEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ error, event: event.id }, 'a listener of events failed');
      }
    }
  }
}

interface EventStatements {
  readonly insert: StatementSync;
  readonly latest: StatementSync;
  readonly afterOfKind: StatementSync;
  readonly afterOfResource: StatementSync;
  readonly latestOfKind: StatementSync;
  readonly latestOfResource: StatementSync;
  readonly newestOfResource: StatementSync;
  readonly dropUpTo: StatementSync;
  readonly floor: StatementSync;
  readonly raiseFloor: StatementSync;
  readonly taken: StatementSync;
}

function prepareStatements(database: StateDatabase): EventStatements {
  const columns = 'id, kind, name, document';
  const ofResource = 'kind = ? AND name = ?';
  const filter = "(? IS NULL OR document ->> 'type' = ?) AND (? IS NULL OR document ->> 'reason' = ?)";
  return {
    insert: database.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?)`),
    latest: database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'"),
    // In order of the ids, without the index: it would have to sort all events of the kind (the plus sign prevents it).
    afterOfKind: database.prepare(`SELECT ${columns} FROM events WHERE +kind = ? AND id > ? ORDER BY id LIMIT ?`),
    afterOfResource: database.prepare(
      `SELECT ${columns} FROM events WHERE ${ofResource} AND id > ? ORDER BY id LIMIT ?`,
    ),
    latestOfKind: database.prepare(
      `SELECT ${columns} FROM events WHERE +kind = ? AND ${filter} ORDER BY id DESC LIMIT ?`,
    ),
    latestOfResource: database.prepare(
      `SELECT ${columns} FROM events WHERE ${ofResource} AND ${filter} ORDER BY id DESC LIMIT ?`,
    ),
    newestOfResource: database.prepare(`SELECT id FROM events WHERE ${ofResource} ORDER BY id DESC LIMIT 1 OFFSET ?`),
    dropUpTo: database.prepare(`DELETE FROM events WHERE ${ofResource} AND id <= ?`),
    floor: database.prepare(`SELECT id FROM event_floors WHERE ${ofResource}`),
    raiseFloor: database.prepare(
      `INSERT INTO event_floors (kind, name, id) VALUES (?, ?, ?)
       ON CONFLICT (kind, name) DO UPDATE SET id = max(id, excluded.id)`,
    ),
    taken: database.prepare('SELECT 1 FROM events WHERE id = ?'),
  };
}

/** What we have written ourselves, in the schema version that was checked when the database was opened. */
function eventOf({ id, kind, name, document }: Record<string, unknown>): ResourceEvent {
  return { id: Number(id), kind: String(kind), name: String(name), ...(JSON.parse(String(document)) as EventDocument) };
}

type EventDocument = Omit<ResourceEvent, 'id' | 'kind' | 'name'>;
