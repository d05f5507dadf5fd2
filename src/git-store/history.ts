import { clusterFilePath, clusterNameOfPath, CLUSTERS_DIRECTORY } from '../resources/cluster/layout.ts';
import { decodeCommit } from './git/commit-message.ts';
import type { CommitInfo } from './git/commit-message.ts';
import type { Git } from './git/git.ts';
import type { ObjectReader } from './git/object-reader.ts';

/** Commits that are gone through at once to find the last one of every cluster. */
const MAXIMUM_WALK = 100_000;

/** Which commit last changed which cluster: known for what this process saw, found in the history otherwise. */
export class History {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #known = new Map<string, CommitInfo | undefined>();
  /** Names whose file was changed by others since the walk began; what the walk says of them is too old. */
  readonly #outdated = new Set<string>();
  #walk: Promise<Walk> | undefined;
  /** Grows with every move of the head. */
  #version = 0;

  constructor(git: Git, reader: ObjectReader) {
    this.#git = git;
    this.#reader = reader;
  }

  /** The last commit at or before `head` that changed the file, also when that removed it. */
  async lastCommit(name: string, head: string, signal: AbortSignal): Promise<CommitInfo | undefined> {
    if (head === '' || this.#known.has(name)) return this.#known.get(name);
    const version = this.#version;
    const id = this.#outdated.has(name) ? undefined : await this.#walked(name, head, signal);
    const found = await this.#read(id ?? (await this.#last(name, head, signal)));
    if (version === this.#version) this.#known.set(name, found); // else it may have changed in the meantime
    return found;
  }

  record(commits: readonly { readonly name: string; readonly info: CommitInfo }[]): void {
    this.#version += 1;
    for (const { name, info } of commits) this.#known.set(name, info);
  }

  forget(names: readonly string[]): void {
    this.#version += 1;
    for (const name of names) {
      this.#known.delete(name);
      this.#outdated.add(name);
    }
  }

  clear(): void {
    this.#version += 1;
    this.#known.clear();
    this.#outdated.clear();
    this.#walk = undefined;
  }

  /** The commit by the walk; empty when there is none, `undefined` when the walk did not come so far. */
  async #walked(name: string, head: string, signal: AbortSignal): Promise<string | undefined> {
    this.#walk ??= this.#goThrough(head, signal);
    const walk = this.#walk;
    try {
      const { commits, isComplete } = await walk;
      return commits.get(name) ?? (isComplete ? '' : undefined);
    } catch (error) {
      if (this.#walk === walk) this.#walk = undefined;
      if (signal.aborted) throw error;
      return undefined; // another caller's signal ended it
    }
  }

  /** One pass for all clusters: a look-up for each of thousands at a start would take minutes. */
  async #goThrough(head: string, signal: AbortSignal): Promise<Walk> {
    const args = ['log', '--format=%H', '--no-renames', '--name-only', `--max-count=${MAXIMUM_WALK}`, head];
    const printed = await this.#git.output([...args, '--', CLUSTERS_DIRECTORY], { signal });
    const commits = new Map<string, string>();
    let commit = '';
    let count = 0;
    for (const line of printed.toString('utf8').split('\n')) {
      if (/^[0-9a-f]{40}$/.test(line)) {
        commit = line;
        count += 1;
        continue;
      }
      const name = clusterNameOfPath(line);
      if (name !== undefined && !commits.has(name)) commits.set(name, commit);
    }
    return { commits, isComplete: count < MAXIMUM_WALK };
  }

  async #last(name: string, head: string, signal: AbortSignal): Promise<string> {
    const args = ['log', '-1', '--format=%H', head, '--', clusterFilePath(name)];
    return (await this.#git.output(args, { signal })).toString().trim();
  }

  async #read(id: string): Promise<CommitInfo | undefined> {
    return id === '' ? undefined : decodeCommit(id, await this.#reader.content(id, 'commit'));
  }
}

interface Walk {
  /** Name of a cluster -> the newest commit that touched its file. */
  readonly commits: ReadonlyMap<string, string>;
  readonly isComplete: boolean;
}
