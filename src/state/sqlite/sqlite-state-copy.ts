import type { StatementSync } from 'node:sqlite';
import type { ResourceKey } from '../../resources/resource-key.ts';
import type { RegistrationRecords, ResourceRecords, StateCopy } from '../state-copy.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import type { SqliteInventoryStore } from './sqlite-inventory-store.ts';
import type { StateDatabase } from './state-database.ts';

/** The tables that are keyed by kind and name, with the names of these columns. */
const TABLES = [
  ['statuses', 'kind', 'name'],
  ['offboardings', 'kind', 'name'],
  ['receipts', 'kind', 'name'],
  ['events', 'kind', 'name'],
  ['event_floors', 'kind', 'name'],
  ['inventory', 'owner_kind', 'owner_name'],
] as const;

const ALL_KEYS = TABLES.map(([table, kind, name]) => `SELECT ${kind} AS kind, ${name} AS name FROM ${table}`);

type Documents = ReadonlyMap<string, unknown>;

/** Copies the content of the database, one transaction for each resource. */
export class SqliteStateCopy implements StateCopy {
  readonly #database: StateDatabase;
  readonly #events: SqliteEventLog;
  readonly #inventory: SqliteInventoryStore;
  readonly #keys: StatementSync;
  readonly #clear: readonly StatementSync[];

  constructor(database: StateDatabase, events: SqliteEventLog, inventory: SqliteInventoryStore) {
    this.#database = database;
    this.#events = events;
    this.#inventory = inventory;
    // The empty name stands for a whole kind, and for what belongs to no resource.
    this.#keys = database.prepare(
      `SELECT kind, name FROM (${ALL_KEYS.join(' UNION ')}) WHERE name <> '' ORDER BY kind, name`,
    );
    this.#clear = TABLES.map(([table, kind, name]) =>
      database.prepare(`DELETE FROM ${table} WHERE ${kind} = ? AND ${name} = ?`),
    );
  }

  readonly keys = async (signal: AbortSignal): Promise<readonly ResourceKey[]> => {
    signal.throwIfAborted();
    const rows = this.#database.run(() => this.#keys.all());
    return rows.map(({ kind, name }) => ({ kind: String(kind), name: String(name) }));
  };

  readonly read = async (key: ResourceKey, signal: AbortSignal): Promise<ResourceRecords> => {
    signal.throwIfAborted();
    return this.#database.run(() => {
      const receipts = this.#documents(key, 'receipts', 'ORDER BY id');
      const offboardings = this.#documents(key, 'offboardings', 'ORDER BY id');
      const statuses = this.#documents(key, 'statuses');
      const incarnations = new Set([...receipts.keys(), ...offboardings.keys(), ...statuses.keys()]);
      for (const incarnation of this.#incarnationsWithObjects(key)) incarnations.add(incarnation);
      const registrations = [...incarnations].map((incarnation): RegistrationRecords => {
        const inventory = this.#inventory.entriesOf({ ...key, incarnation });
        return {
          incarnation,
          inventory,
          ...documentIn('status', statuses, incarnation),
          ...documentIn('offboarding', offboardings, incarnation),
          ...documentIn('receipt', receipts, incarnation),
        };
      });
      return { ...key, registrations, events: this.#events.eventsOf(key) };
    });
  };

  readonly replace = async (records: ResourceRecords, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const { kind, name, registrations, events } = records;
    this.#database.transaction(() => {
      for (const statement of this.#clear) statement.run(kind, name);
      for (const registration of registrations) this.#insert({ kind, name }, registration);
      this.#events.restore({ kind, name }, events);
    });
    await this.#database.sync();
  };

  #documents({ kind, name }: ResourceKey, table: string, order = ''): Documents {
    const sql = `SELECT incarnation, document FROM ${table} WHERE kind = ? AND name = ? ${order}`;
    const rows = this.#database.prepare(sql).all(kind, name);
    return new Map(rows.map(({ incarnation, document }) => [String(incarnation), JSON.parse(String(document))]));
  }

  #incarnationsWithObjects({ kind, name }: ResourceKey): readonly string[] {
    const sql = `SELECT DISTINCT incarnation FROM inventory WHERE owner_kind = ? AND owner_name = ? ORDER BY incarnation`;
    return this.#database
      .prepare(sql)
      .all(kind, name)
      .map(({ incarnation }) => String(incarnation));
  }

  #insert({ kind, name }: ResourceKey, registration: RegistrationRecords): void {
    const { incarnation, inventory, status, offboarding, receipt } = registration;
    const insert = (table: string, document: unknown): void => {
      if (document === undefined) return;
      const sql = `INSERT OR REPLACE INTO ${table} (kind, name, incarnation, document) VALUES (?, ?, ?, ?)`;
      this.#database.prepare(sql).run(kind, name, incarnation, JSON.stringify(document));
    };
    insert('statuses', status);
    insert('offboardings', offboarding);
    if (receipt !== undefined) {
      this.#database
        .prepare('INSERT INTO receipts (kind, name, incarnation, completed_at, document) VALUES (?, ?, ?, ?, ?)')
        .run(kind, name, incarnation, completedAtOf(receipt), JSON.stringify(receipt));
    }
    this.#inventory.insert({ kind, name, incarnation }, inventory);
  }
}

function documentIn<Name extends string>(
  name: Name,
  documents: Documents,
  incarnation: string,
): { readonly [N in Name]?: unknown } {
  return documents.has(incarnation)
    ? ({ [name]: documents.get(incarnation) } as { readonly [N in Name]?: unknown })
    : {};
}

function completedAtOf(receipt: unknown): string {
  const isRecord = typeof receipt === 'object' && receipt !== null && 'completedAt' in receipt;
  return isRecord ? String(receipt.completedAt) : '';
}
