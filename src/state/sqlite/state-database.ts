import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Logger } from '../../base/logger.ts';
import { NautesError } from '../../errors/errors.ts';
import { makePrivateDirectory, syncDirectory } from '../../base/files/files.ts';
import { Coalescer } from '../../base/async/coalescer.ts';
import { prepareSchema, SCHEMA_VERSION } from './schema.ts';
import { statusStoreError } from './sqlite-errors.ts';
import { message } from '../../messages/message.ts';

/** How long a statement waits for another process that looks into the database, e.g. a backup. */
const BUSY_TIMEOUT_MILLISECONDS = 2000;

/** What SQLite keeps of the file in memory, for all clusters together. */
const CACHE_KIBIBYTES = 8 * 1024;

/** The write-ahead log is cut back to this size when it has grown larger. */
const JOURNAL_SIZE_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * Pages of 4 KiB that the log may have before they are copied into the database: half of the size above. The copy blocks
 * the event loop for as long as the disk takes, and copies a page once that changed many times.
 */
const CHECKPOINT_PAGES = 2048;

/**
 * The SQLite database that holds the state: statements that run at once, and transactions.
 *
 * A commit survives the end of the process at once, and a power loss after `sync`. In the terms of SQLite the database
 * is in WAL mode with `synchronous=NORMAL`, and `sync` does what `synchronous=FULL` would do at every commit: it
 * flushes the log (https://sqlite.org/pragma.html#pragma_synchronous). It does so outside the event loop, and one
 * flush serves all who wait.
 */
export class StateDatabase {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #log: FileHandle;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #syncs: Coalescer;

  private constructor(file: string, database: DatabaseSync, log: FileHandle) {
    this.file = file;
    this.#database = database;
    this.#log = log;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#syncs = new Coalescer(() => this.#log.datasync());
  }

  /** @throws NautesError `StatusStoreForeign`, `StatusStoreTooNew`, `StatusStoreDamaged`, `StatusStoreUnavailable` */
  static async open(file: string, logger: Logger): Promise<StateDatabase> {
    let database: DatabaseSync | undefined;
    try {
      await makePrivateDirectory(dirname(file));
      // SQLite gives its other files the mode of this one.
      const handle = await open(file, constants.O_CREAT | constants.O_RDWR, 0o600);
      await handle.close();
      database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MILLISECONDS });
      prepareSchema(database, file, logger);
      configure(database);
      const log = await open(`${file}-wal`, 'r+');
      await syncDirectory(dirname(file));
      return new StateDatabase(file, database, log);
    } catch (error) {
      if (database?.isOpen) database.close();
      throw statusStoreError(error, file);
    }
  }

  prepare(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  /** Runs a statement or several that need no transaction of their own. */
  run<T>(work: () => T): T {
    if (!this.#database.isOpen) throw new NautesError('Closing');
    try {
      return work();
    } catch (error) {
      throw statusStoreError(error, this.file);
    }
  }

  /** Runs the statements as a whole or not at all. */
  transaction<T>(work: () => T): T {
    return this.run(() => {
      this.#begin.run();
      try {
        const result = work();
        this.#commit.run();
        return result;
      } catch (error) {
        // Some errors, such as a full disk, have rolled back already.
        if (this.#database.isTransaction) this.#rollback.run();
        throw error;
      }
    });
  }

  /** The JSON of the row's column `document`; `undefined` without a row. */
  document(read: () => Row | undefined): unknown {
    const row = this.run(read);
    return row === undefined ? undefined : contentOf(row);
  }

  documents(read: () => readonly Row[]): readonly unknown[] {
    return this.run(read).map(contentOf);
  }

  /** Writes what is there already. @throws NautesError `StatusStoreUnavailable`, `Closing` */
  checkWritable(): void {
    this.transaction(() => this.#database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`));
  }

  /** Resolves when everything committed before the call is durable. */
  async sync(): Promise<void> {
    try {
      await this.#syncs.run(this.file);
    } catch (error) {
      throw statusStoreError(error, this.file);
    }
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#database.close();
    await this.#log.close();
  }
}

type Row = Record<string, unknown>;

/** What we have written ourselves, in the schema version that was checked when the database was opened. */
function contentOf(row: Row): unknown {
  return JSON.parse(String(row.document));
}

function configure(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA cache_size = -${CACHE_KIBIBYTES};
    PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    PRAGMA journal_size_limit = ${JOURNAL_SIZE_LIMIT_BYTES};
    PRAGMA trusted_schema = OFF;
  `);
  const mode = String(Object.values(database.prepare('PRAGMA journal_mode').get() ?? {})[0]);
  if (mode !== 'wal') {
    throw new NautesError('StatusStoreUnavailable', { problem: message('StatusStoreUnavailable.log') });
  }
  // The log is there from the first transaction on.
  database.exec('BEGIN IMMEDIATE; COMMIT');
}
