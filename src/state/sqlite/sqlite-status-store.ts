import type { StatementSync } from 'node:sqlite';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { StatefulKind, StatusOf } from '../documents.ts';
import type { ChangeListeners } from '../change-listeners.ts';
import type { StatusStore } from '../status-store.ts';
import type { StateDatabase } from './state-database.ts';

/** Survives the end of the process at once, a power loss only after the next durable write. */
export class SqliteStatusStore implements StatusStore {
  readonly #database: StateDatabase;
  readonly #changes: ChangeListeners;
  readonly #get: StatementSync;
  readonly #names: StatementSync;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  /** By kind and name, when each was checked last. */
  readonly #checked = new Map<string, string>();

  constructor(database: StateDatabase, changes: ChangeListeners) {
    this.#database = database;
    this.#changes = changes;
    this.#get = database.prepare('SELECT document FROM statuses WHERE kind = ? AND name = ?');
    this.#names = database.prepare('SELECT name FROM statuses WHERE kind = ? ORDER BY name');
    this.#list = database.prepare('SELECT document FROM statuses WHERE kind = ? ORDER BY name');
    this.#put = database.prepare(
      `INSERT INTO statuses (kind, name, incarnation, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, name) DO UPDATE SET incarnation = excluded.incarnation, document = excluded.document`,
    );
    this.#remove = database.prepare('DELETE FROM statuses WHERE kind = ? AND name = ? AND incarnation = ?');
  }

  async get<Kind extends StatefulKind>({ kind, name }: ResourceKey<Kind>): Promise<StatusOf<Kind> | undefined> {
    const content = this.#database.document(() => this.#get.get(kind, name));
    return content === undefined ? undefined : this.#withCheck(kind, content as StatusOf<Kind>);
  }

  async names(kind: StatefulKind): Promise<readonly string[]> {
    return this.#database.run(() => this.#names.all(kind)).map(({ name }) => String(name));
  }

  async list<Kind extends StatefulKind>(kind: Kind): Promise<readonly StatusOf<Kind>[]> {
    const contents = this.#database.documents(() => this.#list.all(kind));
    return (contents as readonly StatusOf<Kind>[]).map((status) => this.#withCheck(kind, status));
  }

  async put<Kind extends StatefulKind>(registration: Registration<Kind>, status: StatusOf<Kind>): Promise<void> {
    const { kind, name, incarnation } = registration;
    const document = JSON.stringify(this.#withCheck(kind, status));
    this.#database.run(() => this.#put.run(kind, name, incarnation, document));
    this.#changes.tell(registration);
  }

  checked({ kind, name }: ResourceKey, time: string): void {
    this.#checked.set(idOf(kind, name), time);
  }

  async remove(registration: Registration): Promise<void> {
    this.#database.run(() => this.forget(registration));
    this.#changes.tell(registration);
  }

  /** As `remove`, within a transaction of the caller. */
  forget({ kind, name, incarnation }: Registration): void {
    const { changes } = this.#remove.run(kind, name, incarnation);
    if (changes > 0) this.#checked.delete(idOf(kind, name));
  }

  #withCheck<Status extends StatusOf<StatefulKind>>(kind: string, status: Status): Status {
    const lastCheckedAt = this.#checked.get(idOf(kind, status.name));
    return lastCheckedAt === undefined ? status : { ...status, lastCheckedAt };
  }
}

function idOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}
