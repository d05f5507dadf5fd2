import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { FileLayout } from '../../resources/repository-layout.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { readTree } from '../git/objects.ts';

/** Bytes of a tree object that is read: the entries of one directory of a commit, some 40 bytes each. */
const MAXIMUM_DIRECTORY_BYTES = 2_500_000;

/** Files of one kind in a repository. A commit with more is not followed. */
export const MAXIMUM_FILES_OF_KIND = 20_000;

/** The shortest entry of a tree: mode, name and id. */
const LEAST_ENTRY_BYTES = 32;

/**
 * Looks at the size of a commit's directories before anything of them is read. What is wrong with a file is not seen
 * here: that costs only itself.
 * @throws NautesError `ConfigRepoInvalid` when they are more than this server can hold
 */
export async function requireReadable(
  reader: ObjectReader,
  commit: string,
  layouts: readonly FileLayout[],
): Promise<void> {
  const directories = new Set(layouts.flatMap(({ directory }) => upwards(directory)));
  await Promise.all([...directories].map((directory) => requireSmallTree(reader, commit, directory)));
  for (const layout of layouts) await requireFewFiles(reader, commit, layout);
}

/** The tree of a commit, whose message may be of any length. @throws NautesError `ConfigRepoInvalid` */
export async function treeOf(reader: ObjectReader, commit: string): Promise<string> {
  const info = await reader.info(`${commit}^{tree}`);
  if (info !== undefined) return info.id;
  throw new NautesError('ConfigRepoInvalid', {
    problem: message('ConfigRepoInvalid.objectMissing', { id: commit, type: 'commit' }),
  });
}

/** The directory and those that it is in, with the root of the repository as the empty path. */
function upwards(directory: string): string[] {
  const names = directory.split('/');
  return [...names.keys(), names.length].map((count) => names.slice(0, count).join('/'));
}

async function requireSmallTree(reader: ObjectReader, commit: string, directory: string): Promise<void> {
  const info = await reader.info(`${commit}:${directory}`);
  if (info?.type !== 'tree' || info.size <= MAXIMUM_DIRECTORY_BYTES) return;
  const place = directory === '' ? '/' : directory;
  throw new NautesError('ConfigRepoInvalid', {
    problem: message('ConfigRepoInvalid.directoryTooLarge', { path: place, maximum: MAXIMUM_DIRECTORY_BYTES }),
  });
}

async function requireFewFiles(reader: ObjectReader, commit: string, layout: FileLayout): Promise<void> {
  const info = await reader.info(`${commit}:${layout.directory}`);
  if (info?.type !== 'tree' || info.size <= MAXIMUM_FILES_OF_KIND * LEAST_ENTRY_BYTES) return;
  const records = readTree(await reader.content(info.id, 'tree'));
  const files = records.keys().filter((key) => layout.nameOf(key) !== undefined).length;
  if (files <= MAXIMUM_FILES_OF_KIND) return;
  throw new NautesError('ConfigRepoInvalid', {
    problem: message('ConfigRepoInvalid.tooManyFiles', {
      path: layout.directory,
      count: files,
      maximum: MAXIMUM_FILES_OF_KIND,
    }),
  });
}
