import type { StatementSync } from 'node:sqlite';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { StatusDatabase } from './status-database.ts';

/** The objects that we intend to have, or have, on each cluster; keyed by registration, object and component. */
export class InventoryTable {
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: StatusDatabase) {
    const key = 'incarnation, api_version, kind, namespace, name, component';
    const state = 'uid, hash, revision, is_foreign';
    this.#select = database.prepare(`SELECT ${key}, ${state} FROM inventory WHERE incarnation = ? ORDER BY ${key}`);
    this.#upsert = database.prepare(
      `INSERT INTO inventory (${key}, ${state}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (${key}) DO UPDATE SET uid = excluded.uid, hash = excluded.hash, revision = excluded.revision,
         is_foreign = excluded.is_foreign`,
    );
    this.#delete = database.prepare(
      'DELETE FROM inventory WHERE incarnation = ? AND api_version = ? AND kind = ? AND namespace = ? AND name = ?',
    );
    this.#deleteAll = database.prepare('DELETE FROM inventory WHERE incarnation = ?');
  }

  read(incarnation: string): InventoryEntry[] {
    return this.#select.all(incarnation).map((row) => ({
      apiVersion: String(row.api_version),
      kind: String(row.kind),
      namespace: String(row.namespace),
      name: String(row.name),
      component: String(row.component),
      uid: String(row.uid),
      hash: String(row.hash),
      revision: String(row.revision),
      foreign: row.is_foreign === 1,
    }));
  }

  /** Runs within a transaction of the caller, as do the next two. */
  put(incarnation: string, entries: readonly InventoryEntry[]): void {
    for (const { apiVersion, kind, namespace, name, component, uid, hash, revision, foreign } of entries) {
      const isForeign = foreign ? 1 : 0;
      this.#upsert.run(incarnation, apiVersion, kind, namespace, name, component, uid, hash, revision, isForeign);
    }
  }

  remove(incarnation: string, objects: readonly ObjectReference[]): void {
    for (const { apiVersion, kind, namespace, name } of objects) {
      this.#delete.run(incarnation, apiVersion, kind, namespace, name);
    }
  }

  removeAll(incarnation: string): void {
    this.#deleteAll.run(incarnation);
  }
}
