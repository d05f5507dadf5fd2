import { defined } from '../base/defined.ts';
import { OutputTooLarge } from '../base/programs/process.ts';
import type { CommitMarks } from './git/commit-mark.ts';
import { decodeCommit } from './git/commit-message.ts';
import type { CommitInfo } from './git/commit-message.ts';
import type { Git } from './git/git.ts';
import type { FilesAtCommit, HistoryPage } from './git-store.ts';
import type { ObjectReader } from './git/object-reader.ts';

/** Commits that are gone through at once to find the last one of every file. */
const MAXIMUM_WALK = 100_000;

/** Bytes that are printed of such a walk. */
const MAXIMUM_WALK_BYTES = 32 * 1024 * 1024;

/** A commit beyond is not read: its message stays unknown. Those of this server have a few thousand bytes. */
const MAXIMUM_COMMIT_BYTES = 1024 * 1024;

export interface HistorySources {
  readonly git: Git;
  readonly reader: ObjectReader;
  /** Which trailers count. */
  readonly marks: CommitMarks;
}

/** Which commit last changed which file: known for what this process saw, found in the history otherwise. */
export class History {
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #marks: CommitMarks;
  readonly #directories: readonly string[];
  readonly #known = new Map<string, CommitInfo | undefined>();
  /** Paths that others changed since the walk began; what the walk says of them is too old. */
  readonly #outdated = new Set<string>();
  #walk: Promise<Walk> | undefined;
  /** Grows with every move of the head. */
  #version = 0;

  /** @param directories where the files are */
  constructor({ git, reader, marks }: HistorySources, directories: readonly string[]) {
    this.#git = git;
    this.#directories = directories;
    this.#reader = reader;
    this.#marks = marks;
  }

  /** The last commit at or before `head` that changed the file, also when that removed it. */
  async lastCommit(path: string, head: string, signal: AbortSignal): Promise<CommitInfo | undefined> {
    if (head === '' || this.#known.has(path)) return this.#known.get(path);
    const version = this.#version;
    const id = this.#outdated.has(path) ? undefined : await this.#walked(path, head, signal);
    const { info, isCertain } = await this.#read(id ?? (await this.#last(path, head, signal)), signal);
    if (isCertain && version === this.#version) this.#known.set(path, info); // else it may have changed meanwhile
    return info;
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
    const read = await Promise.all(ids.slice(0, limit).map((id) => this.#read(id, signal)));
    return read.flatMap(({ info }) => info ?? []);
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
    const commits = new Map<string, string>();
    const options = { signal, maximumOutput: MAXIMUM_WALK_BYTES };
    const printed = await this.#git.output([...args, '--', ...this.#directories], options).catch(unlessTooLarge);
    if (printed === undefined) return { commits, isComplete: false };
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

  /** Trailers that are not known to be ours are left out; it is not certain while there are no keys to tell by. */
  async #read(id: string, signal: AbortSignal): Promise<{ readonly info?: CommitInfo; readonly isCertain: boolean }> {
    if (id === '') return { isCertain: true };
    const { size = 0 } = (await this.#reader.info(id)) ?? {};
    if (size > MAXIMUM_COMMIT_BYTES) return { info: await this.#readLarge(id, signal), isCertain: true };
    const content = await this.#reader.content(id, 'commit');
    const info = decodeCommit(id, content);
    if (info.trailers.size === 0) return { info, isCertain: true };
    const isOurs = await this.#marks.believes(content, signal);
    return { info: isOurs === true ? info : { ...info, trailers: new Map() }, isCertain: isOurs !== undefined };
  }

  /** Who and when, without a word of the message. */
  async #readLarge(id: string, signal: AbortSignal): Promise<CommitInfo> {
    const args = ['log', '-1', '--no-walk', '--format=%<(200,trunc)%an%n%ct', id];
    const printed = (await this.#git.output(args, { signal, maximumOutput: MAXIMUM_COMMIT_BYTES })).toString('utf8');
    const lines = printed.trimEnd().split('\n');
    const person = `author ${lines.slice(0, -1).join(' ').replace(/[<>]/g, ' ').trim()} <> 0`;
    return decodeCommit(id, Buffer.from(`${person}\ncommitter x <x> ${lines.at(-1) ?? ''} +0000\n\n`));
  }
}

function unlessTooLarge(error: unknown): undefined {
  if (!(error instanceof OutputTooLarge)) throw error;
}

interface Walk {
  /** Path -> the newest commit that touched it. */
  readonly commits: ReadonlyMap<string, string>;
  readonly isComplete: boolean;
}
