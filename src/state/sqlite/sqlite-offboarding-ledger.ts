import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../base/clock.ts';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { OffboardingOf, ReceiptOf, StatefulKind } from '../documents.ts';
import type { ChangeListeners } from '../change-listeners.ts';
import {
  type ClusterIdentity,
  type OffboardingLedger,
  type ReceiptPlace,
  RECEIPTS_KEPT_PER_NAME,
} from '../offboarding-ledger.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import type { SqliteInventoryStore } from './sqlite-inventory-store.ts';
import type { SqliteStatusStore } from './sqlite-status-store.ts';
import type { StateDatabase } from './state-database.ts';

/** Events and receipts of a name are forgotten this long after its last receipt, unless it is registered. */
export const GONE_KEPT_MILLISECONDS = 90 * 24 * 60 * 60 * 1000;

/** Names forgotten at a time, so that no deletion takes long. */
const FORGOTTEN_AT_A_TIME = 10;

/** What the end of a registration removes or looks at besides the ledger. */
export interface LedgerSurroundings {
  readonly status: SqliteStatusStore;
  readonly events: SqliteEventLog;
  readonly inventory: SqliteInventoryStore;
  /** Told of what changes. */
  readonly changes: ChangeListeners;
  readonly clock: Clock;
}

export class SqliteOffboardingLedger implements OffboardingLedger {
  readonly #database: StateDatabase;
  readonly #surroundings: LedgerSurroundings;
  readonly #statements: LedgerStatements;

  constructor(database: StateDatabase, surroundings: LedgerSurroundings) {
    this.#database = database;
    this.#surroundings = surroundings;
    this.#statements = prepareStatements(database);
  }

  async list<Kind extends StatefulKind>(kind: Kind): Promise<readonly OffboardingOf<Kind>[]> {
    const contents = this.#database.documents(() => this.#statements.records.all(kind));
    return contents as readonly OffboardingOf<Kind>[];
  }

  async put<Kind extends StatefulKind>(registration: Registration<Kind>, record: OffboardingOf<Kind>): Promise<void> {
    const { kind, name, incarnation } = registration;
    this.#database.run(() => this.#statements.putRecord.run(kind, name, incarnation, JSON.stringify(record)));
    this.#surroundings.changes.tell(registration);
    await this.#database.sync();
  }

  async remove({ kind, name, incarnation }: Registration): Promise<void> {
    this.#database.run(() => this.#statements.removeRecord.run(kind, name, incarnation));
    this.#surroundings.changes.tell({ kind, name });
  }

  async complete<Kind extends StatefulKind>(registration: Registration<Kind>, receipt: ReceiptOf<Kind>): Promise<void> {
    const { kind, name, incarnation } = registration;
    const { status, inventory } = this.#surroundings;
    this.#database.transaction(() => {
      this.#statements.putReceipt.run(kind, name, incarnation, receipt.completedAt, JSON.stringify(receipt));
      this.#statements.dropReceipts.run(kind, name, kind, name, RECEIPTS_KEPT_PER_NAME);
      this.#statements.removeRecord.run(kind, name, incarnation);
      status.forget(registration);
      inventory.forget(registration);
      this.#forgetGone();
    });
    this.#surroundings.changes.tell(registration);
    await this.#database.sync();
  }

  async receipt<Kind extends StatefulKind>({ kind, name }: ResourceKey<Kind>): Promise<ReceiptOf<Kind> | undefined> {
    const content = this.#database.document(() => this.#statements.receipt.get(kind, name));
    return content as ReceiptOf<Kind> | undefined;
  }

  async receiptsOf<Kind extends StatefulKind>({ kind, name }: ResourceKey<Kind>): Promise<readonly ReceiptOf<Kind>[]> {
    const contents = this.#database.documents(() => this.#statements.receiptsOfName.all(kind, name));
    return contents as readonly ReceiptOf<Kind>[];
  }

  async receipts<Kind extends StatefulKind>(
    kind: Kind,
    { limit, after }: { readonly limit: number; readonly after?: ReceiptPlace },
  ): Promise<readonly ReceiptOf<Kind>[]> {
    const { receipts, receiptsAfter } = this.#statements;
    const contents = this.#database.documents(() => {
      if (after === undefined) return receipts.all(kind, limit);
      return receiptsAfter.all(kind, after.completedAt, after.incarnation, limit);
    });
    return contents as readonly ReceiptOf<Kind>[];
  }

  async residues({ kubernetesUid = '', apiServer = '' }: ClusterIdentity): Promise<readonly string[]> {
    const rows = this.#database.run(() => this.#statements.residues.all(kubernetesUid || null, apiServer || null));
    return rows.map(({ incarnation }) => String(incarnation));
  }

  async knows(incarnation: string): Promise<boolean> {
    const row = this.#database.run(() => this.#statements.knows.get(incarnation, incarnation, incarnation));
    return row !== undefined;
  }

  /** Names come and go without end; what is kept of them must not grow with that. */
  #forgetGone(): void {
    const before = new Date(this.#surroundings.clock.now() - GONE_KEPT_MILLISECONDS).toISOString();
    for (const row of this.#statements.gone.all(before, before, FORGOTTEN_AT_A_TIME)) {
      const key: ResourceKey = { kind: String(row.kind), name: String(row.name) };
      this.#surroundings.events.forget(key);
      this.#statements.forgetReceipts.run(key.kind, key.name);
    }
  }
}

interface LedgerStatements {
  readonly records: StatementSync;
  readonly putRecord: StatementSync;
  readonly removeRecord: StatementSync;
  readonly receipt: StatementSync;
  readonly receiptsOfName: StatementSync;
  readonly receipts: StatementSync;
  readonly receiptsAfter: StatementSync;
  readonly residues: StatementSync;
  readonly knows: StatementSync;
  readonly putReceipt: StatementSync;
  readonly dropReceipts: StatementSync;
  readonly gone: StatementSync;
  readonly forgetReceipts: StatementSync;
}

function prepareStatements(database: StateDatabase): LedgerStatements {
  return {
    records: database.prepare('SELECT document FROM offboardings WHERE kind = ? ORDER BY id'),
    putRecord: database.prepare(
      `INSERT INTO offboardings (kind, name, incarnation, document) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, name, incarnation) DO UPDATE SET document = excluded.document`,
    ),
    removeRecord: database.prepare('DELETE FROM offboardings WHERE kind = ? AND name = ? AND incarnation = ?'),
    receipt: database.prepare('SELECT document FROM receipts WHERE kind = ? AND name = ? ORDER BY id DESC LIMIT 1'),
    receiptsOfName: database.prepare('SELECT document FROM receipts WHERE kind = ? AND name = ? ORDER BY id DESC'),
    receipts: database.prepare(
      'SELECT document FROM receipts WHERE kind = ? ORDER BY completed_at DESC, incarnation DESC LIMIT ?',
    ),
    receiptsAfter: database.prepare(
      `SELECT document FROM receipts WHERE kind = ? AND (completed_at, incarnation) < (?, ?)
       ORDER BY completed_at DESC, incarnation DESC LIMIT ?`,
    ),
    residues: database.prepare(
      `SELECT incarnation FROM receipts
       WHERE (document ->> 'outcome' = 'Incomplete' OR json_array_length(document, '$.left') > 0)
         AND (document ->> 'kubernetesUid' = ? OR document ->> 'apiServer' = ?) ORDER BY id`,
    ),
    knows: database.prepare(
      `SELECT 1 FROM inventory WHERE incarnation = ? UNION ALL SELECT 1 FROM offboardings WHERE incarnation = ?
       UNION ALL SELECT 1 FROM receipts WHERE incarnation = ? LIMIT 1`,
    ),
    putReceipt: database.prepare(
      `INSERT INTO receipts (kind, name, incarnation, completed_at, document) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (kind, name, incarnation) DO UPDATE SET completed_at = excluded.completed_at,
         document = excluded.document`,
    ),
    dropReceipts: database.prepare(
      `DELETE FROM receipts WHERE kind = ? AND name = ? AND id <=
         (SELECT id FROM receipts WHERE kind = ? AND name = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
    ),
    gone: database.prepare(
      `SELECT DISTINCT kind, name FROM receipts AS old WHERE completed_at < ?
         AND NOT EXISTS (SELECT 1 FROM receipts WHERE kind = old.kind AND name = old.name AND completed_at >= ?)
         AND NOT EXISTS (SELECT 1 FROM statuses WHERE kind = old.kind AND name = old.name) LIMIT ?`,
    ),
    forgetReceipts: database.prepare('DELETE FROM receipts WHERE kind = ? AND name = ?'),
  };
}
