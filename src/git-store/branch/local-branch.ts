import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
import type { Branch, Move, Publication } from './branch.ts';
import type { Git } from '../git/git.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { ReferenceConflict, type ReferenceUpdater } from '../git/reference-updater.ts';
import { addPack, MAIN_REFERENCE, removeLockOlderThan, syncPacks, syncReference } from '../git/repository-directory.ts';

/** A lock of a reference lives for milliseconds; an older one was left by a process that was killed. */
const STALE_LOCK_MILLISECONDS = 30_000;

/** `main` of the repository in the data directory. */
export class LocalBranch implements Branch {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #updater: ReferenceUpdater;
  /** The last commit that is known to be durable with the reference to it. */
  #durable = '';

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
    const commit = info?.id ?? '';
    // The push of another program may not be durable, and what we answer depends on it.
    if (commit !== this.#durable) await this.#makeDurable(commit);
    return commit;
  }

  async #makeDurable(commit: string): Promise<void> {
    const { directory } = this.#git;
    await Promise.all([syncPacks(directory), syncReference(directory, MAIN_REFERENCE)]);
    this.#durable = commit;
  }

  async publish({ before, after, pack }: Move, _signal?: AbortSignal): Promise<Publication> {
    const { directory } = this.#git;
    if (pack !== undefined) await addPack(directory, pack);
    try {
      await this.#updater.move(MAIN_REFERENCE, before, after, syncPacks(directory));
      this.#durable = after;
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
