import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { readFileIfPresent, syncDirectory, writeFileAtomically } from '../../base/files/files.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { isStorageMark, type StorageMark } from '../../resources/installation.ts';

const MARK_FILE = 'storage-mark.json';
const MAXIMUM_BYTES = 1024;

/** The mark of a data directory. @throws NautesError `DataDirectoryUnusable` when it cannot be read */
export async function readStorageMark(dataDirectory: string): Promise<StorageMark | undefined> {
  const file = join(dataDirectory, MARK_FILE);
  const content = await readFileIfPresent(file, MAXIMUM_BYTES);
  if (content === undefined) return undefined;
  try {
    const { mark } = JSON.parse(content.toString('utf8')) as { readonly mark?: unknown };
    if (isStorageMark(mark)) return mark;
  } catch {
    // as a file with something else in it
  }
  const problem = message('DataDirectoryUnusable.mark', { file });
  throw new NautesError('DataDirectoryUnusable', { directory: dataDirectory, problem });
}

/** Sets the mark, or takes it away; durable when it resolves. */
export async function writeStorageMark(dataDirectory: string, mark: StorageMark | undefined): Promise<void> {
  const file = join(dataDirectory, MARK_FILE);
  if (mark !== undefined) {
    await writeFileAtomically(file, `${JSON.stringify({ mark })}\n`);
    return;
  }
  await rm(file, { force: true });
  await syncDirectory(dataDirectory);
}

/** @throws NautesError `StorageMoved`, `StorageIncomplete` when a migration has marked the data directory */
export async function assertUnmarked(dataDirectory: string): Promise<void> {
  const mark = await readStorageMark(dataDirectory);
  if (mark === 'moved') throw new NautesError('StorageMoved', { place: dataDirectory, back: 'embedded' });
  if (mark === 'incoming') throw new NautesError('StorageIncomplete', { place: dataDirectory, to: 'embedded' });
}
