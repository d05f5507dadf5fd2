import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NautesError } from '../../errors/errors.ts';
import { makePrivateDirectory, removeAbandonedFiles, writeFileAtomically } from '../../base/files/files.ts';
import { sleep } from '../../base/async/timing.ts';
import { quoted } from '../../messages/message.ts';

/** A data directory held by this process until `close`, or until the process ends in any way. */
export interface DirectoryLock {
  readonly directory: string;
  close(): Promise<void>;
}

const LOCK_FILE = 'lock';
const PID_FILE = 'lock.pid';

/** SQLite's result code for a lock held by another connection. */
const SQLITE_BUSY = 5;

/** How long the loser waits for the winner to write its process id. */
const PID_WAIT_MILLISECONDS = 250;
const PID_POLL_MILLISECONDS = 10;

/**
 * Gives this process exclusive use of the directory, which is created when absent.
 *
 * Node has no `flock`, so the lock is the exclusive lock of an empty SQLite database: a lock of the kernel (fcntl) that
 * ends with the process, also after SIGKILL. There is no stale lock to recognise, and no process id to compare, which
 * would be wrong after a reboot or between containers that share a volume. The process id is only written beside it
 * for the error message.
 *
 * Not guaranteed: mutual exclusion on a network file system without working fcntl locks.
 *
 * @throws NautesError `DataDirectoryLocked` naming the process that holds it, `DataDirectoryUnusable`
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  try {
    await makePrivateDirectory(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
  const database = openLockFile(directory);
  try {
    // The transaction stays open for as long as the lock is held.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw unusable(directory, error);
    throw new NautesError('DataDirectoryLocked', { pid: await holder(directory) }, { cause: error });
  }
  try {
    await removeAbandonedFiles(directory, 0); // nothing else writes here
    await writeFileAtomically(join(directory, PID_FILE), `${process.pid}\n`);
  } catch (error) {
    database.close();
    throw unusable(directory, error);
  }
  return new HeldLock(directory, database);
}

class HeldLock implements DirectoryLock {
  readonly directory: string;
  readonly #database: DatabaseSync;

  constructor(directory: string, database: DatabaseSync) {
    this.directory = directory;
    this.#database = database;
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    // Before the release: afterwards the file is that of the next holder. The lock file itself stays, since removing
    // it would let two processes lock two files of the same name.
    await rm(join(this.directory, PID_FILE), { force: true });
    if (this.#database.isOpen) this.#database.close();
  }
}

function openLockFile(directory: string): DatabaseSync {
  try {
    return new DatabaseSync(join(directory, LOCK_FILE), { timeout: 0 });
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Process id of the holder, if known; the holder may be about to write it, or about to exit. */
async function holder(directory: string): Promise<string> {
  const deadline = Date.now() + PID_WAIT_MILLISECONDS;
  for (;;) {
    const text = await readFile(join(directory, PID_FILE), 'utf8').catch(() => '');
    const pid = /^(\d+)\n$/.exec(text)?.[1];
    if (pid !== undefined && isAlive(Number(pid))) return pid;
    // A process of another container has a number without meaning here, but there is nothing better.
    if (Date.now() >= deadline) return pid ?? 'unknown';
    await sleep(PID_POLL_MILLISECONDS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function sqliteCode(error: unknown): unknown {
  return error instanceof Error && 'errcode' in error ? error.errcode : undefined;
}

function unusable(directory: string, cause: unknown): NautesError {
  const problem = quoted(cause instanceof Error ? cause.message : String(cause));
  return new NautesError('DataDirectoryUnusable', { directory, problem }, { cause });
}
