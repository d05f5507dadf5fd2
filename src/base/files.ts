import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SharedRun } from './shared-run.ts';

/**
 * Replaces a file as a whole: a reader sees the old or the new content, never a part, also after a power loss.
 * The file is readable by its owner only unless a mode is given.
 */
export async function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
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
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

const directorySyncs = new SharedRun(syncDirectoryOnce);

/** Makes the renames and removals that happened inside the directory before the call durable. Callers share syncs. */
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

/** Makes a directory that only its owner may enter. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}
