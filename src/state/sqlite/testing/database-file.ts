import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { silentLogger } from '../../../base/logger.ts';
import type { State } from '../../state.ts';
import { openSqliteState } from '../sqlite-state.ts';

/** Where a database will be: in a directory of its own that does not exist yet. */
export async function newFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'nautes-state-')), 'status', 'status.db');
}

export function removeFile(file: string): Promise<void> {
  return rm(dirname(dirname(file)), { recursive: true, force: true });
}

export async function withFile(test: (file: string) => Promise<void>): Promise<void> {
  const file = await newFile();
  try {
    await test(file);
  } finally {
    await removeFile(file);
  }
}

export function openState(file: string, now?: () => number): Promise<State> {
  return openSqliteState({ file, logger: silentLogger, ...(now !== undefined && { clock: { now } }) });
}

/** Runs statements of another program on the database. */
export function execute(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

export function query(file: string, sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}
