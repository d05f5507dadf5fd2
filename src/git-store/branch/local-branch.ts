import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
import type { Branch, Move, Publication } from './branch.ts';
import type { Git } from '../git/git.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { ReferenceConflict, type ReferenceUpdater } from '../git/reference-updater.ts';
import { removeLockOlderThan, writePack } from '../git/repository-directory.ts';

export const MAIN_REFERENCE = `refs/heads/${MAIN_BRANCH}`;

/** A lock of a reference lives for milliseconds; an older one was left by a process that was killed. */
const STALE_LOCK_MILLISECONDS = 30_000;

/** `main` of the repository in the data directory. */
export class LocalBranch implements Branch {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #updater: ReferenceUpdater;

  constructor(git: Git, reader: ObjectReader, updater: ReferenceUpdater) {
    this.#git = git;
    this.#reader = reader;
    this.#updater = updater;
  }

  async fetch(_signal?: AbortSignal): Promise<string> {
    const info = await this.#reader.info(MAIN_REFERENCE);
    if (info !== undefined && info.type !== 'commit') {
      throw new NautesError('ConfigRepoInvalid', {
        problem: message('ConfigRepoInvalid.notCommit', { branch: MAIN_BRANCH }),
      });
    }
    return info?.id ?? '';
  }

  async publish({ before, after, pack }: Move, _signal?: AbortSignal): Promise<Publication> {
    if (pack !== undefined) await writePack(this.#git.directory, pack);
    try {
      await this.#updater.move(MAIN_REFERENCE, before, after);
      return { kind: 'accepted' };
    } catch (error) {
      if (!(error instanceof ReferenceConflict)) throw error;
      if ((await this.fetch()) !== before) return { kind: 'moved' };
      await removeLockOlderThan(this.#git.directory, `${MAIN_REFERENCE}.lock`, STALE_LOCK_MILLISECONDS);
      throw new NautesError(
        'ConfigRepoUnavailable',
        { problem: message('ConfigRepoUnavailable.branchNotMoved') },
        { cause: error },
      );
    }
  }

  close(): Promise<void> {
    return Promise.resolve(); // what it works with belongs to others
  }
}
