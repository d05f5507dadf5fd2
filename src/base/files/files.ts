import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Coalescer } from '../async/coalescer.ts';

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
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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

/** Creates a directory that only its owner may enter, and its missing parents. */
export async function makePrivateDirectory(path: string): Promise<void> {
  // Not `recursive`: where mkdir fails although the parent exists (/proc), Node 24 retries forever.
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (errorCode(error) !== 'ENOENT' || parent === path || (await exists(parent))) throw error;
    await makePrivateDirectory(parent);
    await makePrivateDirectory(path);
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
 * @throws RangeError when it has more bytes than the maximum
 */
export async function readFileIfPresent(path: string, maximumBytes: number): Promise<Buffer | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    if (size > maximumBytes) throw new RangeError(`${path} has more than ${maximumBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** True for the error of a missing file or directory (ENOENT, ENOTDIR). */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
