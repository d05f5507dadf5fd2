import { message } from '../messages/message.ts';
import { asNautesError, NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type FileLayout, filePath } from '../resources/repository-layout.ts';
import type { HeadChange } from './git-store.ts';
import type { Git } from './git/git.ts';
import { emptyHead, type Head, loadHead, type NamesByKind } from './head/head.ts';
import type { History } from './history.ts';
import type { ObjectReader } from './git/object-reader.ts';
import type { PlannedCommit } from './plan.ts';

export interface HeadTrackerOptions {
  readonly git: Git;
  readonly reader: ObjectReader;
  readonly history: History;
  readonly logger: Logger;
  readonly layouts: readonly FileLayout[];
}

const COMMIT_ID = /^[0-9a-f]{40}$/;

/** The head of `main` as this process knows it, and the listeners to its moves. */
export class HeadTracker {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #history: History;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: HeadChange) => void>();
  #head: Head;

  constructor(options: HeadTrackerOptions) {
    const { git, reader, history, logger, layouts } = options;
    this.#head = emptyHead(layouts);
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
    if (commit === '') throw new NautesError('ConfigRepoInvalid', { problem: message('ConfigRepoInvalid.branchGone') });
    const descends = this.commit === '' || (await isAncestor(this.#git, this.commit, commit, signal));
    const { head, changed } = await loadHead(this.#reader, commit, this.#head);
    if (descends) this.#history.forget(this.#paths(changed));
    else this.#history.clear();
    this.#move(head, changed, descends);
  }

  /** Takes over a head that this process made by these commits, and announces it. */
  advance(head: Head, commits: readonly PlannedCommit[]): void {
    const changed = new Map<string, Set<string>>();
    for (const { files, info } of commits) {
      for (const { kind, name, path } of files) {
        this.#history.record(path, info);
        const names = changed.get(kind) ?? new Set();
        changed.set(kind, names.add(name));
      }
    }
    this.#move(head, new Map([...changed].map(([kind, names]) => [kind, [...names]])), true);
  }

  subscribe(listener: (change: HeadChange) => void): () => void {
    const own = (change: HeadChange): void => listener(change); // the same function may listen twice
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Path of the file of a resource; `undefined` for a name that none can have. */
  pathOf(kind: string, name: string): string | undefined {
    const layout = this.#head.collections.get(kind)?.layout;
    if (layout === undefined) throw new Error(`the repository was not opened with the kind ${kind}`);
    return layout.nameProblem(name) === undefined ? filePath(layout, name) : undefined;
  }

  /** A larger file of the kind is not read. */
  maximumBytesOf(kind: string): number {
    return this.#head.collections.get(kind)?.layout.maximumBytes ?? 0;
  }

  *#paths(changed: NamesByKind): Generator<string, void> {
    for (const [kind, names] of changed) {
      for (const name of names) {
        const path = this.pathOf(kind, name);
        if (path !== undefined) yield path;
      }
    }
  }

  #move(head: Head, changed: NamesByKind, descends: boolean): void {
    const before = this.#head.snapshot;
    this.#head = head;
    const names = { of: ({ kind }: Pick<FileLayout, 'kind'>) => changed.get(kind) ?? [] };
    this.#announce({ before, after: head.snapshot, changed: names, descends });
  }

  #announce(change: HeadChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#logger.error({ error: asNautesError(error) }, 'a listener of the configuration repository failed');
      }
    }
  }
}

async function isAncestor(git: Git, ancestor: string, commit: string, signal: AbortSignal): Promise<boolean> {
  const { code } = await git.run(['merge-base', '--is-ancestor', ancestor, commit], { signal });
  return code === 0;
}
