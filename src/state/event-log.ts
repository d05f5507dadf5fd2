import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ClusterEvent } from '../resources/event.ts';
import type { StatusDatabase } from './status-database.ts';
import type { EventPage, NewEvent } from './status-store.ts';

/** Events kept of each cluster. */
export const EVENTS_KEPT_PER_CLUSTER = 200;

/** Longest message of an event; what is longer is cut. */
export const MAXIMUM_EVENT_MESSAGE_LENGTH = 2000;

/** Events given out at a time. */
const MAXIMUM_PAGE = 1000;

/** How long an event waits for others to be stored with. */
const BATCH_MILLISECONDS = 3;
/** So many are stored without waiting. */
const MAXIMUM_BATCH = 500;

/** Under this name stands the newest event dropped of any cluster. No cluster can have it. */
const ALL_CLUSTERS = '';

interface PendingEvent {
  readonly event: ClusterEvent;
  readonly stored: PromiseWithResolvers<ClusterEvent>;
}

/** The events of all clusters: stored in batches, in order of their ids, and announced once they are stored. */
export class EventLog {
  readonly #database: StatusDatabase;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #statements: EventStatements;
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  #pending: PendingEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** The last id that was given out, and the last one that is stored. */
  #last: number;
  #latest: number;

  constructor(database: StatusDatabase, clock: Clock, logger: Logger) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.#statements = prepareStatements(database);
    this.#latest = database.run(() => Number(this.#statements.latest.get()?.seq ?? 0));
    this.#last = this.#latest;
  }

  add(event: NewEvent): Promise<ClusterEvent> {
    this.#last += 1;
    const time = new Date(this.#clock.now()).toISOString();
    const message = shortened(event.message);
    const { cluster, incarnation, type, reason, subject } = event;
    const numbered: ClusterEvent = { id: this.#last, cluster, incarnation, time, type, reason, message, subject };
    const pending = { event: numbered, stored: Promise.withResolvers<ClusterEvent>() };
    this.#pending.push(pending);
    if (this.#pending.length >= MAXIMUM_BATCH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MILLISECONDS);
    return pending.stored.promise;
  }

  /** Stores and announces what waits. */
  flush(): void {
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

  after(id: number, cluster: string | undefined, limit: number): EventPage {
    return this.#database.run(() => {
      const { afterOfAll, afterOfCluster, floor } = this.#statements;
      const count = Math.min(Math.max(limit, 0), MAXIMUM_PAGE);
      const rows = cluster === undefined ? afterOfAll.all(id, count) : afterOfCluster.all(cluster, id, count);
      const dropped = Number(floor.get(cluster ?? ALL_CLUSTERS)?.id ?? 0);
      // An id that was never given out comes from another database: what the caller has seen is not of this one.
      const complete = id >= dropped && id <= this.#latest;
      return { events: rows.map(eventOf), complete, latest: this.#latest };
    });
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    // A function of its own, so that the same listener can be registered twice.
    const registered = (event: ClusterEvent): void => listener(event);
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** Drops all events of a cluster. Runs within a transaction of the caller. */
  forget(cluster: string): void {
    const newest = this.#statements.newestOfCluster.get(cluster, 0);
    if (newest !== undefined) this.#drop(cluster, Number(newest.id));
  }

  #store(batch: readonly PendingEvent[]): void {
    const clusters = new Set<string>();
    for (const { event } of batch) {
      const { id, cluster, incarnation, time, type, reason, message, subject } = event;
      this.#statements.insert.run(id, cluster, incarnation, time, type, reason, message, subject);
      clusters.add(cluster);
    }
    for (const cluster of clusters) {
      const oldest = this.#statements.newestOfCluster.get(cluster, EVENTS_KEPT_PER_CLUSTER);
      if (oldest !== undefined) this.#drop(cluster, Number(oldest.id));
    }
  }

  /** Drops the cluster's events up to the id and remembers that they are missing. */
  #drop(cluster: string, id: number): void {
    this.#statements.dropUpTo.run(cluster, id);
    for (const name of [cluster, ALL_CLUSTERS]) this.#statements.raiseFloor.run(name, id);
  }

  #announce(event: ClusterEvent): void {
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
  readonly afterOfAll: StatementSync;
  readonly afterOfCluster: StatementSync;
  readonly newestOfCluster: StatementSync;
  readonly dropUpTo: StatementSync;
  readonly floor: StatementSync;
  readonly raiseFloor: StatementSync;
}

function prepareStatements(database: StatusDatabase): EventStatements {
  const columns = 'id, cluster, incarnation, time, type, reason, message, subject';
  return {
    insert: database.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
    latest: database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'"),
    afterOfAll: database.prepare(`SELECT ${columns} FROM events WHERE id > ? ORDER BY id LIMIT ?`),
    afterOfCluster: database.prepare(`SELECT ${columns} FROM events WHERE cluster = ? AND id > ? ORDER BY id LIMIT ?`),
    newestOfCluster: database.prepare('SELECT id FROM events WHERE cluster = ? ORDER BY id DESC LIMIT 1 OFFSET ?'),
    dropUpTo: database.prepare('DELETE FROM events WHERE cluster = ? AND id <= ?'),
    floor: database.prepare('SELECT id FROM event_floors WHERE cluster = ?'),
    raiseFloor: database.prepare(
      'INSERT INTO event_floors (cluster, id) VALUES (?, ?) ON CONFLICT (cluster) DO UPDATE SET id = max(id, excluded.id)',
    ),
  };
}

function eventOf(row: Record<string, unknown>): ClusterEvent {
  return {
    id: Number(row.id),
    cluster: String(row.cluster),
    incarnation: String(row.incarnation),
    time: String(row.time),
    type: row.type === 'Warning' ? 'Warning' : 'Normal',
    reason: String(row.reason),
    message: String(row.message),
    subject: String(row.subject),
  };
}

function shortened(message: string): string {
  if (message.length <= MAXIMUM_EVENT_MESSAGE_LENGTH) return message;
  return `${message.slice(0, MAXIMUM_EVENT_MESSAGE_LENGTH - 1)}…`.toWellFormed();
}
