import type { StatementSync } from 'node:sqlite';
import type { FormerField, InventoryEntry, InventoryKey } from '../../resources/inventory.ts';
import type { Registration } from '../../resources/resource-key.ts';
import type { InventoryStore } from '../inventory-store.ts';
import type { StateDatabase } from './state-database.ts';

/** One row for each object and component of a registration. */
export class SqliteInventoryStore implements InventoryStore {
  readonly #database: StateDatabase;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: StateDatabase) {
    this.#database = database;
    const owner = 'owner_kind, owner_name, incarnation';
    const ofOwner = 'owner_kind = ? AND owner_name = ? AND incarnation = ?';
    const object = 'api_version, kind, namespace, name, component';
    const observed = 'uid, hash, revision, is_foreign, former';
    this.#select = database.prepare(`SELECT ${object}, ${observed} FROM inventory WHERE ${ofOwner} ORDER BY ${object}`);
    this.#upsert = database.prepare(
      `INSERT INTO inventory (${owner}, ${object}, ${observed}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (${owner}, ${object}) DO UPDATE SET uid = excluded.uid, hash = excluded.hash,
         revision = excluded.revision, is_foreign = excluded.is_foreign, former = excluded.former`,
    );
    this.#delete = database.prepare(
      `DELETE FROM inventory WHERE ${ofOwner} AND api_version = ? AND kind = ? AND namespace = ? AND name = ?
         AND component = ?`,
    );
    this.#deleteAll = database.prepare(`DELETE FROM inventory WHERE ${ofOwner}`);
  }

  async list(registration: Registration): Promise<readonly InventoryEntry[]> {
    return this.#database.run(() => this.entriesOf(registration));
  }

  /** As `list`, at once. */
  entriesOf({ kind, name, incarnation }: Registration): readonly InventoryEntry[] {
    return this.#select.all(kind, name, incarnation).map(entryOf);
  }

  async put(registration: Registration, entries: readonly InventoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    this.#database.transaction(() => this.insert(registration, entries));
    await this.#database.sync();
  }

  /** Adds or replaces entries, within a transaction of the caller. */
  insert(registration: Registration, entries: readonly InventoryEntry[]): void {
    const owner = [registration.kind, registration.name, registration.incarnation];
    for (const { apiVersion, kind, namespace, name, component, uid, hash, revision, foreign, former } of entries) {
      const object = [apiVersion, kind, namespace, name, component];
      const changed = former === undefined ? '' : JSON.stringify(former);
      this.#upsert.run(...owner, ...object, uid, hash, revision, foreign ? 1 : 0, changed);
    }
  }

  async remove(registration: Registration, entries: readonly InventoryKey[]): Promise<void> {
    if (entries.length === 0) return;
    const owner = [registration.kind, registration.name, registration.incarnation];
    this.#database.transaction(() => {
      for (const { apiVersion, kind, namespace, name, component } of entries) {
        this.#delete.run(...owner, apiVersion, kind, namespace, name, component);
      }
    });
  }

  /** Removes every entry of the registration, within a transaction of the caller. */
  forget({ kind, name, incarnation }: Registration): void {
    this.#deleteAll.run(kind, name, incarnation);
  }
}

function entryOf(row: Record<string, unknown>): InventoryEntry {
  const former = String(row.former);
  return {
    apiVersion: String(row.api_version),
    kind: String(row.kind),
    namespace: String(row.namespace),
    name: String(row.name),
    component: String(row.component),
    uid: String(row.uid),
    hash: String(row.hash),
    revision: String(row.revision),
    foreign: row.is_foreign === 1,
    ...(former === '' ? {} : { former: JSON.parse(former) as readonly FormerField[] }), // as they were stored
  };
}
