import { message } from '../../messages/message.ts';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import {
  checkDirectoryWritable,
  makePrivateDirectory,
  renameDirectory,
  replaceFiles,
  syncDirectory,
  syncFile,
  syncTree,
  TEMPORARY_SUFFIX,
} from '../../base/files/files.ts';
import { sleep } from '../../base/async/timing.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
import { Git, GitFailure } from './git.ts';
import type { Pack } from './pack.ts';
import { TEMPORARY_PACK } from './temporary-packs.ts';

export const MAIN_REFERENCE = `refs/heads/${MAIN_BRANCH}`;

/** Files of a repository that git writes without a sync. */
const SETTINGS: readonly string[] = ['HEAD', 'config', 'packed-refs'];

/** A pack without an index that is older than this was left by a kill; git writes both within moments. */
const STALE_PACK_MILLISECONDS = 10 * 60_000;

/** A younger lock found at the start may belong to a push that still runs. */
const LOCK_PATIENCE_MILLISECONDS = 2000;

/** Configuration given to a new repository. An operator may change it later, so it is not set again. */
const NEW_REPOSITORY: readonly (readonly [key: string, value: string])[] = [
  ['receive.denyDeletes', 'true'],
  ['receive.denyNonFastForwards', 'true'],
  ['receive.autogc', 'false'],
  ['receive.fsckObjects', 'true'],
  ['receive.unpackLimit', '1'],
  ['gc.auto', '0'],
  ['core.logAllRefUpdates', 'true'],
];

/**
 * Makes the bare repository if there is none, checks it, and removes what a kill may have left.
 * The caller owns the directory: no other server works on it.
 * @param acceptsPushes whether clients may push to its `main`
 * @throws NautesError `ConfigRepoInvalid`
 */
export async function prepareRepository(git: Git, acceptsPushes: boolean, signal: AbortSignal): Promise<void> {
  await makePrivateDirectory(git.directory);
  if ((await readdir(git.directory)).length === 0) await create(git, signal);
  await check(git, signal);
  await removeRemains(git.directory, signal);
  await configurePushes(git, acceptsPushes, signal);
  await syncRepository(git.directory); // what an earlier process left that was killed
}

/** A clone of a remote follows the remote alone: a push to it would be lost at the next fetch. */
async function configurePushes(git: Git, acceptsPushes: boolean, signal: AbortSignal): Promise<void> {
  const { stdout } = await git.run(['config', '--get-all', 'receive.hideRefs'], { signal });
  const isHidden = stdout.toString().split('\n').includes(MAIN_REFERENCE);
  if (isHidden !== acceptsPushes) return;
  const change = acceptsPushes
    ? ['--unset-all', 'receive.hideRefs', `^${MAIN_REFERENCE}$`]
    : ['--add', 'receive.hideRefs', MAIN_REFERENCE];
  await git.run(['config', ...change], { signal });
}

/**
 * Makes what git has written without syncing durable: its settings and the names in its directories. Objects and
 * references themselves it syncs by `core.fsync`.
 */
async function syncRepository(directory: string): Promise<void> {
  const present = (await readdir(directory)).filter((name) => SETTINGS.includes(name));
  await Promise.all([
    ...present.map((name) => syncFile(join(directory, name))),
    syncDirectory(directory),
    syncPacks(directory),
    syncReference(directory, MAIN_REFERENCE),
  ]);
}

/** @throws the error of the file system when packs or branches cannot be written */
export async function checkRepositoryWritable(directory: string): Promise<void> {
  await checkDirectoryWritable(join(directory, 'objects', 'pack'));
  await checkDirectoryWritable(join(directory, 'refs', 'heads'));
}

/** Makes the names of packs durable. */
export function syncPacks(directory: string): Promise<void> {
  return syncDirectory(join(directory, 'objects', 'pack'));
}

/** Makes the name of a reference durable, whose content git has synced. */
export async function syncReference(directory: string, reference: string): Promise<void> {
  const directories: string[] = [];
  for (let path = dirname(reference); path !== '.'; path = dirname(path)) directories.push(join(directory, path));
  await Promise.all(directories.map(syncDirectory));
}

async function create(git: Git, signal: AbortSignal): Promise<void> {
  // Made beside and renamed, so that a kill leaves no half of a repository.
  const temporary = new Git(`${git.directory}.new`);
  await rm(temporary.directory, { recursive: true, force: true });
  await makePrivateDirectory(temporary.directory);
  const init = ['init', '--quiet', '--bare', `--initial-branch=${MAIN_BRANCH}`, '--object-format=sha1', '--template='];
  await temporary.output(init, { signal });
  for (const [key, value] of NEW_REPOSITORY) await temporary.output(['config', key, value], { signal });
  await syncTree(temporary.directory);
  await renameDirectory(temporary.directory, git.directory);
}

async function check(git: Git, signal: AbortSignal): Promise<void> {
  try {
    const args = ['rev-parse', '--is-bare-repository', '--show-object-format'];
    const printed = (await git.output(args, { signal })).toString();
    if (printed.trim() === 'true\nsha1') return;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
  throw new NautesError('ConfigRepoInvalid', {
    problem: message('ConfigRepoInvalid.notBare', { directory: git.directory }),
  });
}

async function removeRemains(directory: string, signal: AbortSignal): Promise<void> {
  const packs = join(directory, 'objects', 'pack');
  const files = await readdir(packs);
  const names = new Set(files);
  for (const file of files) {
    const path = join(packs, file);
    const isOurs = file.endsWith(TEMPORARY_SUFFIX);
    const isPackAlone = file.endsWith('.pack') && !names.has(file.replace(/\.pack$/, '.idx'));
    if (isOurs || ((isPackAlone || TEMPORARY_PACK.test(file)) && (await age(path)) > STALE_PACK_MILLISECONDS)) {
      await rm(path, { force: true });
    }
  }
  const references = (await readdir(join(directory, 'refs'), { recursive: true })).map((path) => join('refs', path));
  const locks = [...(await readdir(directory)), ...references].filter((path) => path.endsWith('.lock'));
  for (const lock of locks) {
    for (;;) {
      const held = await age(join(directory, lock));
      if (held < 0 || held > LOCK_PATIENCE_MILLISECONDS) break;
      await sleep(50, signal);
    }
    await rm(join(directory, lock), { force: true });
  }
}

/** Removes the lock of a reference when it is older than that. */
export async function removeLockOlderThan(directory: string, lock: string, milliseconds: number): Promise<void> {
  const path = join(directory, lock);
  if ((await age(path)) > milliseconds) await rm(path, { force: true });
}

/**
 * Adds a pack to the repository. Readers see it as a whole or not at all. Its content is durable when this returns, its
 * name after {@link syncPacks}. What cannot be written leaves nothing behind.
 */
export async function addPack(directory: string, { name, pack, index }: Pack): Promise<void> {
  const path = join(directory, 'objects', 'pack', name);
  // A pack counts from the moment on that its index is there.
  const files = [
    { path: `${path}.pack`, content: pack },
    { path: `${path}.idx`, content: index },
  ];
  await replaceFiles(files, 0o444);
}

/** Adds a pack to the repository; durable when it returns. */
export async function writePack(directory: string, pack: Pack): Promise<void> {
  await addPack(directory, pack);
  await syncPacks(directory);
}

/** Milliseconds since the file was changed; negative when it is not there. */
async function age(path: string): Promise<number> {
  try {
    return Math.max(0, Date.now() - (await stat(path)).mtimeMs);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return -1;
    throw error;
  }
}
