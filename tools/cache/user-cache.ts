import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sleep } from '../../src/base/async/timing.ts';

/** Whether this user may read and, on request, execute the file. */
export async function isAccessible(path: string, mode?: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

export interface ProduceOptions {
  /** Called once when another process is producing the same folder. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
  /** A holder of the lock without a heartbeat for this long is dead. Default ten seconds. */
  readonly staleMilliseconds?: number;
}

const STALE_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 200;
/** Folders of producers that ended early are removed after this time. */
const ABANDONED_MILLISECONDS = 6 * 60 * 60 * 1000;

/**
 * Makes a folder that appears as a whole or not at all: `produce` fills a temporary one beside it, which is then
 * renamed. Of several processes one produces and the others wait for it; should two produce nevertheless (a holder of
 * the lock was suspended for longer than the stale time), the first to finish wins and both use its folder.
 */
export async function produceOnce(
  directory: string,
  produce: (temporary: string) => Promise<void>,
  options: ProduceOptions = {},
): Promise<void> {
  if (await isAccessible(directory)) return;
  await mkdir(dirname(directory), { recursive: true });
  const release = await acquireLock(`${directory}.lock`, directory, options);
  if (release === undefined) return;
  try {
    if (await isAccessible(directory)) return;
    await removeAbandoned(directory);
    const temporary = `${directory}.tmp-${randomBytes(6).toString('hex')}`;
    await mkdir(temporary);
    try {
      await produce(temporary);
      await renameUnlessThere(temporary, directory);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } finally {
    await release();
  }
}

/** Gives the function that releases the lock, or undefined when the folder appeared while waiting. */
async function acquireLock(
  lock: string,
  directory: string,
  options: ProduceOptions,
): Promise<(() => Promise<void>) | undefined> {
  const staleAfter = options.staleMilliseconds ?? STALE_MILLISECONDS;
  for (let attempt = 0; ; attempt += 1) {
    if (await createExclusively(lock)) return keepFresh(lock, staleAfter);
    if (await isAccessible(directory)) return undefined;
    if (attempt === 0) options.onWait?.();
    if (await isOlderThan(lock, staleAfter)) await rm(lock, { force: true });
    else await sleep(POLL_MILLISECONDS, options.signal);
  }
}

async function createExclusively(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Shows that the holder is alive by the file's time of modification. */
function keepFresh(lock: string, staleAfter: number): () => Promise<void> {
  const timer = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => {}); // taken over as stale: the rename decides then
  }, staleAfter / 5);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await rm(lock, { force: true });
  };
}

async function isOlderThan(path: string, milliseconds: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > milliseconds;
}

async function removeAbandoned(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.tmp-`;
  for (const name of await readdir(dirname(directory))) {
    const path = join(dirname(directory), name);
    if (name.startsWith(prefix) && (await isOlderThan(path, ABANDONED_MILLISECONDS))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
