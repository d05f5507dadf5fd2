import { link, mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Coalescer } from '../async/coalescer.ts';
import { readBoundedFile } from './bounded-file.ts';

/**
 * Replaces a file atomically: a reader sees the old or the new content, never a part, also after a power loss.
 * The file is readable by its owner only unless a mode is given.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await replaceFile(path, content, mode);
  await syncDirectory(dirname(path));
}

/**
 * The first half of {@link writeFileAtomically}: the content is durable, its name only after `syncDirectory`.
 * For callers that make several names durable at once.
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  return replaceFiles([{ path, content }], mode);
}

/**
 * Replaces files atomically, each by itself: all contents are durable before the first name changes, and the names change
 * in the given order. What cannot be written leaves nothing behind.
 */
export async function replaceFiles(files: readonly NewFile[], mode = 0o600): Promise<void> {
  const written = files.map(({ path, content }) => ({ path, content, temporary: temporaryPath(path) }));
  try {
    const writes = written.map(({ temporary, content }) => writeNewFile(temporary, content, mode));
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    for (const { path, temporary } of written) await rename(temporary, path);
  } catch (error) {
    for (const { temporary } of written) await rm(temporary, { force: true });
    throw error;
  }
}

export interface NewFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The end of the names of files that are not complete yet. */
export const TEMPORARY_SUFFIX = '.tmp';

const PROBE_CONTENT = 'Written and removed to see whether this directory can be written.\n';

function temporaryPath(path: string): string {
  return `${path}.${crypto.randomUUID()}${TEMPORARY_SUFFIX}`;
}

/** Writes a file that does not exist yet. Its content is durable, its name is not. */
async function writeNewFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const directorySyncs = new Coalescer(syncDirectoryOnce);

/** Makes renames and removals in the directory made before the call durable. Concurrent callers share an fsync. */
export function syncDirectory(path: string): Promise<void> {
  return directorySyncs.run(path);
}

async function syncDirectoryOnce(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the content of a file durable that another program has written. */
export async function syncFile(path: string): Promise<void> {
  await syncDirectoryOnce(path); // the same call for both
}

/** Makes everything below a directory durable that another program has written, and the directory itself. */
export async function syncTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await syncTree(path);
      else if (entry.isFile()) await syncFile(path);
    }),
  );
  await syncDirectory(directory);
}

/** Gives a directory, whose content is durable, another name in the same parent; the name is durable too. */
export async function renameDirectory(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}

/**
 * Creates a file with its whole content, unless there is one of that name: also when several processes try, one succeeds.
 * Durable when it returns.
 * @returns false when the file existed
 */
export async function createFileOnce(path: string, content: string | Uint8Array, mode = 0o600): Promise<boolean> {
  const temporary = temporaryPath(path);
  try {
    await writeNewFile(temporary, content, mode);
    await link(temporary, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(temporary, { force: true });
    await syncDirectory(dirname(path)); // also for the file of another process
  }
  return true;
}

/** Removes the temporary files of a directory that are as old: writes left them whose process was killed meanwhile. */
export async function removeAbandonedFiles(directory: string, milliseconds: number): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names) await removeIfAbandoned(join(directory, name), milliseconds);
}

/** The same for one file of any name. */
export async function removeIfAbandoned(path: string, milliseconds: number): Promise<void> {
  if (!path.endsWith(TEMPORARY_SUFFIX)) return;
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true && found.mtimeMs <= Date.now() - milliseconds) await rm(path, { force: true });
}

/** Writes a file and removes it. @throws the error of the file system when that is not possible */
export async function checkDirectoryWritable(directory: string): Promise<void> {
  const probe = join(directory, `.probe${TEMPORARY_SUFFIX}`);
  try {
    await writeFile(probe, PROBE_CONTENT, { mode: 0o600 });
  } finally {
    await rm(probe, { force: true });
  }
}

/** Creates a directory that only its owner may enter, and its missing parents. Their names are durable. */
export async function makePrivateDirectory(path: string): Promise<void> {
  const parents = await createPrivateDirectory(path);
  await Promise.all([dirname(path), ...parents].map(syncReadableDirectory));
}

/**
 * The first half of {@link makePrivateDirectory}: the names are durable only after `syncDirectory` of each parent.
 * @returns the parents of the directories that were created
 */
export async function createPrivateDirectory(path: string): Promise<readonly string[]> {
  // Not `recursive`: where mkdir fails although the parent exists (/proc), Node 24 retries forever.
  const parent = dirname(path);
  try {
    await mkdir(path, { mode: 0o700 });
    return [parent];
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return [];
    if (errorCode(error) !== 'ENOENT' || parent === path || (await exists(parent))) throw error;
    const created = await createPrivateDirectory(parent);
    return [...created, ...(await createPrivateDirectory(path))];
  }
}

/** Where the directory existed, its parent may be one that this user can only pass through. */
async function syncReadableDirectory(path: string): Promise<void> {
  try {
    await syncDirectory(path);
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The content of a file, or `undefined` when it does not exist.
 * @throws FileTooLarge, NotRegularFile
 */
export async function readFileIfPresent(path: string, maximumBytes: number): Promise<Buffer | undefined> {
  try {
    return await readBoundedFile(path, maximumBytes);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** True for the error of a missing file or directory (ENOENT, ENOTDIR). */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
