import type { StatementSync } from 'node:sqlite';
import { type Clock, systemClock } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { OffboardingRecord } from '../resources/cluster/offboarding-record.ts';
import type { ClusterStatus } from '../resources/status.ts';
import type { ClusterEvent } from '../resources/event.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { Receipt } from '../resources/cluster/receipt.ts';
import { EventLog } from './event-log.ts';
import { InventoryTable } from './inventory-table.ts';
import { StatusDatabase } from './status-database.ts';
import type { EventPage, NewEvent, StatusStore } from './status-store.ts';

/** Receipts kept of each cluster name. */
export const RECEIPTS_KEPT_PER_NAME = 10;

/** Events and receipts of a name are forgotten so long after its last receipt, unless it is registered. */
export const GONE_KEPT_MILLISECONDS = 90 * 24 * 60 * 60 * 1000;

/** Names forgotten at a time, so that no deletion waits long. */
const FORGOTTEN_AT_A_TIME = 10;

export interface SqliteStatusStoreOptions {
  /** The database; made when it is absent. SQLite puts its `-wal` and `-shm` files beside it. */
  readonly file: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Status, events, inventory, off-boardings and receipts in one SQLite database.
 *
 * Status and events survive the end of the process, not necessarily a power loss; they can be rebuilt. Inventory,
 * off-boardings and receipts survive both. Nothing of a cluster is kept in memory apart from SQLite's page cache.
 */
export class SqliteStatusStore implements StatusStore {
  readonly #database: StatusDatabase;
  readonly #clock: Clock;
  readonly #events: EventLog;
  readonly #inventory: InventoryTable;
  readonly #statements: Statements;
  #isClosed = false;

  private constructor(database: StatusDatabase, options: SqliteStatusStoreOptions) {
    this.#database = database;
    this.#clock = options.clock ?? systemClock;
    this.#events = new EventLog(database, this.#clock, options.logger);
    this.#inventory = new InventoryTable(database);
    this.#statements = prepareStatements(database);
  }

  /** @throws NautesError `StatusStoreForeign`, `StatusStoreTooNew`, `StatusStoreDamaged`, `StatusStoreUnavailable` */
  static async open(options: SqliteStatusStoreOptions): Promise<SqliteStatusStore> {
    return new SqliteStatusStore(await StatusDatabase.open(options.file), options);
  }

  async status(cluster: string): Promise<ClusterStatus | undefined> {
    const row = this.#database.run(() => this.#statements.status.get(cluster));
    return row === undefined ? undefined : (documentOf(row) as ClusterStatus);
  }

  async statuses(): Promise<readonly ClusterStatus[]> {
    return this.#database.run(() => this.#statements.statuses.all()).map((row) => documentOf(row) as ClusterStatus);
  }

  async putStatus(status: ClusterStatus): Promise<void> {
    this.#database.run(() => this.#statements.putStatus.run(status.name, status.incarnation, JSON.stringify(status)));
  }

  async removeStatus(cluster: string, incarnation: string): Promise<void> {
    this.#database.run(() => this.#statements.removeStatus.run(cluster, incarnation));
  }

  async addEvent(event: NewEvent): Promise<ClusterEvent> {
    if (this.#isClosed) throw new NautesError('Closing');
    return await this.#events.add(event);
  }

  async eventsAfter(id: number, cluster: string | undefined, limit: number): Promise<EventPage> {
    return this.#events.after(id, cluster, limit);
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    return this.#events.onEvent(listener);
  }

  async inventory(incarnation: string): Promise<readonly InventoryEntry[]> {
    return this.#database.run(() => this.#inventory.read(incarnation));
  }

  async putInventory(incarnation: string, entries: readonly InventoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#database.transaction(() => this.#inventory.put(incarnation, entries));
    await this.#database.sync();
  }

  async removeInventory(incarnation: string, objects: readonly ObjectReference[]): Promise<void> {
    if (objects.length === 0) return;
    this.#database.transaction(() => this.#inventory.remove(incarnation, objects));
  }

  async offboardings(): Promise<readonly OffboardingRecord[]> {
    const rows = this.#database.run(() => this.#statements.offboardings.all());
    return rows.map((row) => documentOf(row) as OffboardingRecord);
  }

  async putOffboarding(record: OffboardingRecord): Promise<void> {
    this.#database.run(() => this.#statements.putOffboarding.run(record.incarnation, JSON.stringify(record)));
    await this.#database.sync();
  }

  async removeOffboarding(incarnation: string): Promise<void> {
    this.#database.run(() => this.#statements.removeOffboarding.run(incarnation));
  }

  async receipt(cluster: string): Promise<Receipt | undefined> {
    const row = this.#database.run(() => this.#statements.receipt.get(cluster));
    return row === undefined ? undefined : (documentOf(row) as Receipt);
  }

  async residues({ kubernetesUid = '', apiServer = '' }: Parameters<StatusStore['residues']>[0]): Promise<string[]> {
    const rows = this.#database.run(() => this.#statements.residues.all(kubernetesUid || null, apiServer || null));
    return rows.map(({ incarnation }) => String(incarnation));
  }

  async complete(receipt: Receipt): Promise<void> {
    const { cluster, incarnation, completedAt } = receipt;
    this.#database.transaction(() => {
      this.#statements.putReceipt.run(cluster, incarnation, completedAt, JSON.stringify(receipt));
      this.#statements.dropReceipts.run(cluster, cluster, RECEIPTS_KEPT_PER_NAME);
      this.#statements.removeStatus.run(cluster, incarnation);
      this.#statements.removeOffboarding.run(incarnation);
      this.#inventory.removeAll(incarnation);
      this.#forgetGone();
    });
    await this.#database.sync();
  }

  /** Stores the events that wait, makes everything durable, and stops. */
  async checkWritable(): Promise<void> {
    this.#database.checkWritable();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.flush();
    await this.#database.sync();
    await this.#database.close();
  }

  /** Names come and go without end; what is left of them must not. */
  #forgetGone(): void {
    const before = new Date(this.#clock.now() - GONE_KEPT_MILLISECONDS).toISOString();
    for (const row of this.#statements.gone.all(before, before, FORGOTTEN_AT_A_TIME)) {
      const cluster = String(row.cluster);
      this.#events.forget(cluster);
      this.#statements.forgetReceipts.run(cluster);
    }
  }
}

interface Statements {
  readonly status: StatementSync;
  readonly statuses: StatementSync;
  readonly putStatus: StatementSync;
  readonly removeStatus: StatementSync;
  readonly offboardings: StatementSync;
  readonly putOffboarding: StatementSync;
  readonly removeOffboarding: StatementSync;
  readonly receipt: StatementSync;
  readonly residues: StatementSync;
  readonly putReceipt: StatementSync;
  readonly dropReceipts: StatementSync;
  readonly gone: StatementSync;
  readonly forgetReceipts: StatementSync;
}

function prepareStatements(database: StatusDatabase): Statements {
  return {
    status: database.prepare('SELECT document FROM statuses WHERE cluster = ?'),
    statuses: database.prepare('SELECT document FROM statuses ORDER BY cluster'),
    putStatus: database.prepare(
      `INSERT INTO statuses (cluster, incarnation, document) VALUES (?, ?, ?)
       ON CONFLICT (cluster) DO UPDATE SET incarnation = excluded.incarnation, document = excluded.document`,
    ),
    removeStatus: database.prepare('DELETE FROM statuses WHERE cluster = ? AND incarnation = ?'),
    offboardings: database.prepare('SELECT document FROM offboardings ORDER BY rowid'),
    putOffboarding: database.prepare(
      `INSERT INTO offboardings (incarnation, document) VALUES (?, ?)
       ON CONFLICT (incarnation) DO UPDATE SET document = excluded.document`,
    ),
    removeOffboarding: database.prepare('DELETE FROM offboardings WHERE incarnation = ?'),
    receipt: database.prepare('SELECT document FROM receipts WHERE cluster = ? ORDER BY id DESC LIMIT 1'),
    residues: database.prepare(
      `SELECT incarnation FROM receipts
       WHERE document ->> 'outcome' = 'Incomplete'
         AND (document ->> 'kubernetesUid' = ? OR document ->> 'apiServer' = ?) ORDER BY id`,
    ),
    putReceipt: database.prepare(
      `INSERT INTO receipts (cluster, incarnation, completed_at, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (cluster, incarnation) DO UPDATE SET completed_at = excluded.completed_at,
         document = excluded.document`,
    ),
    dropReceipts: database.prepare(
      `DELETE FROM receipts WHERE cluster = ? AND id <=
         (SELECT id FROM receipts WHERE cluster = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),
    gone: database.prepare(
      `SELECT DISTINCT cluster FROM receipts AS old WHERE completed_at < ?
         AND NOT EXISTS (SELECT 1 FROM receipts WHERE cluster = old.cluster AND completed_at >= ?)
         AND NOT EXISTS (SELECT 1 FROM statuses WHERE cluster = old.cluster) LIMIT ?`,
    ),
    forgetReceipts: database.prepare('DELETE FROM receipts WHERE cluster = ?'),
  };
}

/** What we have written ourselves, in the schema version that was checked when the database was opened. */
function documentOf(row: Record<string, unknown>): unknown {
  return JSON.parse(String(row.document));
}
