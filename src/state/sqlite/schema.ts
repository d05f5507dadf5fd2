import type { DatabaseSync } from 'node:sqlite';
import type { Logger } from '../../base/logger.ts';
import { NautesError } from '../../errors/errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { quoted } from '../../messages/message.ts';

/** Marks the file as ours, as `file` shows it: "NAUT". */
const APPLICATION_ID = 0x4e_41_55_54;

/** The version that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Checks that the database is ours, whole, and not of a newer program, and brings it to the present version.
 * Nothing is written before all that is known.
 * @throws NautesError `StatusStoreForeign`, `StatusStoreTooNew`, `StatusStoreDamaged`
 */
export function prepareSchema(database: DatabaseSync, file: string, logger: Logger): void {
  const version = numberOf(database, 'PRAGMA user_version');
  const applicationId = numberOf(database, 'PRAGMA application_id');
  const isNew = applicationId === 0 && numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (applicationId !== APPLICATION_ID && !isNew) throw new NautesError('StatusStoreForeign', { file });
  if (version > SCHEMA_VERSION) throw new NautesError('StatusStoreTooNew', { file, version, known: SCHEMA_VERSION });
  assertWhole(database, file);
  if (version >= SCHEMA_VERSION) return;
  // A large database takes a while, and nothing is served before.
  if (version > 0) logger.info({ file, version, to: SCHEMA_VERSION }, 'the state database is being migrated');
  migrate(database, version);
}

function assertWhole(database: DatabaseSync, file: string): void {
  const result = database.prepare('PRAGMA quick_check(1)').get();
  const problem = String(Object.values(result ?? {})[0]);
  if (problem !== 'ok') throw new NautesError('StatusStoreDamaged', { file, problem: quoted(problem) });
}

/** All steps in one transaction: after a crash it is the old version or the new one. */
function migrate(database: DatabaseSync, from: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of MIGRATIONS.slice(from)) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function numberOf(database: DatabaseSync, query: string): number {
  return Number(Object.values(database.prepare(query).get() ?? {})[0]);
}
