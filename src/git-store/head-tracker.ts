import { asNautesError, NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { HeadChange } from './config-repo.ts';
import type { Git } from './git/git.ts';
import { emptyHead, type Head, loadHead } from './head.ts';
import type { History } from './history.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { PlannedCommit } from './plan.ts';

const COMMIT_ID = /^[0-9a-f]{40}$/;

/** The head of `main` as this process knows it, and those who want to hear of its moves. */
export class HeadTracker {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #history: History;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: HeadChange) => void>();
  #head: Head = emptyHead();

  constructor(git: Git, reader: ObjectReader, history: History, logger: Logger) {
    this.#git = git;
    this.#reader = reader;
    this.#history = history;
    this.#logger = logger;
  }

  get head(): Head {
    return this.#head;
  }

  get commit(): string {
    return this.#head.snapshot.commit;
  }

  /** Whether the commit belongs to the history of the head. */
  async hasCommit(id: string, signal: AbortSignal): Promise<boolean> {
    return COMMIT_ID.test(id) && this.commit !== '' && (await isAncestor(this.#git, id, this.commit, signal));
  }

  /** Reads the commit that `main` has moved to, and announces it. */
  async follow(commit: string, signal: AbortSignal): Promise<void> {
    if (commit === this.commit) return;
    if (commit === '') throw new NautesError('ConfigRepoInvalid', { problem: 'its branch main is gone' });
    const descends = this.commit === '' || (await isAncestor(this.#git, this.commit, commit, signal));
    const { head, changed } = await loadHead(this.#reader, commit, this.#head);
    if (descends) this.#history.forget(changed);
    else this.#history.clear();
    this.#move(head, changed, descends);
  }

  /** Takes over a head that this process made by these commits, and announces it. */
  advance(head: Head, commits: readonly PlannedCommit[]): void {
    this.#history.record(commits);
    this.#move(head, [...new Set(commits.map(({ name }) => name))], true);
  }

  subscribe(listener: (change: HeadChange) => void): () => void {
    const own = (change: HeadChange): void => listener(change); // the same function may listen twice
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  #move(head: Head, changed: readonly string[], descends: boolean): void {
    const before = this.#head.snapshot;
    this.#head = head;
    this.#announce({ before, after: head.snapshot, changed, descends });
  }

  #announce(change: HeadChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error({ error: asNautesError(error) }, 'a listener of the tenant configuration repository failed');
      }
    }
  }
}

async function isAncestor(git: Git, ancestor: string, commit: string, signal: AbortSignal): Promise<boolean> {
  const { code } = await git.run(['merge-base', '--is-ancestor', ancestor, commit], { signal });
  return code === 0;
}
