import { defined } from '../base/defined.ts';
import { decodeCommit } from './git/commit-message.ts';
import type { CommitInfo } from './git/commit-message.ts';
import type { Git } from './git/git.ts';
import type { FilesAtCommit, HistoryPage } from './git-store.ts';
import type { ObjectReader } from './git/object-reader.ts';

/** Commits that are gone through at once to find the last one of every file. */
const MAXIMUM_WALK = 100_000;

/** Which commit last changed which file: known for what this process saw, found in the history otherwise. */
export class History {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #directories: readonly string[];
  readonly #known = new Map<string, CommitInfo | undefined>();
  /** Paths that others changed since the walk began; what the walk says of them is too old. */
  readonly #outdated = new Set<string>();
  #walk: Promise<Walk> | undefined;
  /** Grows with every move of the head. */
  #version = 0;

  /** @param directories where the files are */
  constructor(git: Git, reader: ObjectReader, directories: readonly string[]) {
    this.#git = git;
    this.#directories = directories;
    this.#reader = reader;
  }

  /** The last commit at or before `head` that changed the file, also when that removed it. */
  async lastCommit(path: string, head: string, signal: AbortSignal): Promise<CommitInfo | undefined> {
    if (head === '' || this.#known.has(path)) return this.#known.get(path);
    const version = this.#version;
    const id = this.#outdated.has(path) ? undefined : await this.#walked(path, head, signal);
    const found = await this.#read(id ?? (await this.#last(path, head, signal)));
    if (version === this.#version) this.#known.set(path, found); // else it may have changed in the meantime
    return found;
  }

  /** The commits at or before `head` that changed the file, newest first; those before a commit of the page. */
  async commits(
    path: string,
    head: string,
    { limit, before = '' }: HistoryPage,
    signal: AbortSignal,
  ): Promise<readonly CommitInfo[]> {
    const start = before === '' ? head : before;
    if (start === '') return [];
    const args = ['log', `--max-count=${limit + 1}`, '--format=%H', start, '--', path]; // one more: that of the page
    const printed = (await this.#git.output(args, { signal })).toString('latin1').trim();
    const ids = printed === '' ? [] : printed.split('\n').filter((id) => id !== before);
    return await Promise.all(
      ids.slice(0, limit).map(async (id) => decodeCommit(id, await this.#reader.content(id, 'commit'))),
    );
  }

  /** The file at the commit, and at its first parent. */
  async filesAt(path: string, commit: string, maximumBytes: number): Promise<FilesAtCommit> {
    const before = await this.#textAt(`${commit}^`, path, maximumBytes);
    const after = await this.#textAt(commit, path, maximumBytes);
    return defined({ before, after });
  }

  async #textAt(commit: string, path: string, maximumBytes: number): Promise<string | undefined> {
    const info = await this.#reader.info(`${commit}:${path}`);
    if (info?.type !== 'blob' || info.size > maximumBytes) return undefined;
    return (await this.#reader.content(info.id, 'blob')).toString('utf8');
  }

  record(path: string, info: CommitInfo): void {
    this.#version += 1;
    this.#known.set(path, info);
  }

  forget(paths: Iterable<string>): void {
    this.#version += 1;
    for (const path of paths) {
      this.#known.delete(path);
      this.#outdated.add(path);
    }
  }

  clear(): void {
    this.#version += 1;
    this.#known.clear();
    this.#outdated.clear();
    this.#walk = undefined;
  }

  /** The commit by the walk; empty when there is none, `undefined` when the walk did not come so far. */
  async #walked(path: string, head: string, signal: AbortSignal): Promise<string | undefined> {
    this.#walk ??= this.#goThrough(head, signal);
    const walk = this.#walk;
    try {
      const { commits, isComplete } = await walk;
      return commits.get(path) ?? (isComplete ? '' : undefined);
    } catch (error) {
      if (this.#walk === walk) this.#walk = undefined;
      if (signal.aborted) throw error;
      return undefined; // another caller's signal ended it
    }
  }

  /** One pass for all files: a look-up for each of thousands at a start would take minutes. */
  async #goThrough(head: string, signal: AbortSignal): Promise<Walk> {
    const args = ['log', '--format=%H', '--no-renames', '--name-only', `--max-count=${MAXIMUM_WALK}`, head];
    const printed = await this.#git.output([...args, '--', ...this.#directories], { signal });
    const commits = new Map<string, string>();
    let commit = '';
    let count = 0;
    for (const line of printed.toString('utf8').split('\n')) {
      if (/^[0-9a-f]{40}$/.test(line)) {
        commit = line;
        count += 1;
        continue;
      }
      if (line !== '' && !commits.has(line)) commits.set(line, commit);
    }
    return { commits, isComplete: count < MAXIMUM_WALK };
  }

  async #last(path: string, head: string, signal: AbortSignal): Promise<string> {
    const args = ['log', '-1', '--format=%H', head, '--', path];
    return (await this.#git.output(args, { signal })).toString().trim();
  }

  async #read(id: string): Promise<CommitInfo | undefined> {
    return id === '' ? undefined : decodeCommit(id, await this.#reader.content(id, 'commit'));
  }
}

interface Walk {
  /** Path -> the newest commit that touched it. */
  readonly commits: ReadonlyMap<string, string>;
  readonly isComplete: boolean;
}
