import { clusterFilePath } from '../model/layout.ts';
import { decodeCommit } from './commit-message.ts';
import type { CommitInfo } from './config-repo.ts';
import type { Git } from './git.ts';
import type { ObjectReader } from './object-reader.ts';

/** Which commit last changed which cluster: known for what this process saw, looked up otherwise. */
export class History {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #known = new Map<string, CommitInfo | undefined>();

  constructor(git: Git, reader: ObjectReader) {
    this.#git = git;
    this.#reader = reader;
  }

  /** The last commit at or before `head` that changed the file, also when that removed it. */
  async lastCommit(name: string, head: string, signal: AbortSignal): Promise<CommitInfo | undefined> {
    if (head === '' || this.#known.has(name)) return this.#known.get(name);
    const args = ['log', '-1', '--format=%H', head, '--', clusterFilePath(name)];
    const id = (await this.#git.output(args, { signal })).toString().trim();
    const found = id === '' ? undefined : decodeCommit(id, await this.#reader.content(id, 'commit'));
    this.#known.set(name, found);
    return found;
  }

  record(commits: readonly { readonly name: string; readonly info: CommitInfo }[]): void {
    for (const { name, info } of commits) this.#known.set(name, info);
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#known.delete(name);
  }

  clear(): void {
    this.#known.clear();
  }
}
