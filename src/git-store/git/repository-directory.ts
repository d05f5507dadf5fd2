import { message } from '../../messages/message.ts';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { makePrivateDirectory, syncDirectory } from '../../base/files/files.ts';
import { sleep } from '../../base/async/timing.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
import { Git, GitFailure } from './git.ts';
import type { Pack } from './pack.ts';

/** Our own temporary files begin so. */
const TEMPORARY_PREFIX = 'tmp_nautes_';

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
  // A clone of a remote follows the remote alone: a push to it would be lost at the next fetch.
  const hidden = `refs/heads/${MAIN_BRANCH}`;
  const args = acceptsPushes
    ? ['--unset-all', 'receive.hideRefs', `^${hidden}$`]
    : ['--replace-all', 'receive.hideRefs', hidden];
  await git.run(['config', ...args], { signal });
}

async function create(git: Git, signal: AbortSignal): Promise<void> {
  // Made beside and renamed, so that a kill leaves no half of a repository.
  const temporary = new Git(`${git.directory}.new`);
  await rm(temporary.directory, { recursive: true, force: true });
  await makePrivateDirectory(temporary.directory);
  const init = ['init', '--quiet', '--bare', `--initial-branch=${MAIN_BRANCH}`, '--object-format=sha1', '--template='];
  await temporary.output(init, { signal });
  for (const [key, value] of NEW_REPOSITORY) await temporary.output(['config', key, value], { signal });
  await rename(temporary.directory, git.directory);
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
    const isOurs = file.startsWith(TEMPORARY_PREFIX);
    const isPackAlone = file.endsWith('.pack') && !names.has(file.replace(/\.pack$/, '.idx'));
    if (isOurs || ((isPackAlone || /^(tmp_|\.tmp-)/.test(file)) && (await age(path)) > STALE_PACK_MILLISECONDS)) {
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

/** Adds a pack to the repository; durable when it returns. Readers see it as a whole or not at all. */
export async function writePack(directory: string, { name, pack, index }: Pack): Promise<void> {
  const packs = join(directory, 'objects', 'pack');
  const temporary = join(packs, TEMPORARY_PREFIX + name);
  await Promise.all([writeDurably(`${temporary}.pack`, pack), writeDurably(`${temporary}.idx`, index)]);
  await rename(`${temporary}.pack`, join(packs, `${name}.pack`));
  await rename(`${temporary}.idx`, join(packs, `${name}.idx`));
  await syncDirectory(packs);
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const handle = await open(path, 'w', 0o444);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
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
