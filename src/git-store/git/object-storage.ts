import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingFile } from '../../base/files/files.ts';
import type { Logger } from '../../base/logger.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { type Git, GitFailure } from './git.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ReferenceUpdater } from './reference-updater.ts';

/** References of ours besides `main`: what was fetched, and heads that a rewritten history has left. */
const OWN_REFERENCES = 'refs/nautes/';
export const REPLACED_REFERENCES = `${OWN_REFERENCES}replaced/`;

/** Bytes of all packs of the copy of a remote's repository; beyond, a `main` that only has more is not followed. */
const MAXIMUM_STORED_BYTES = 4 * 1024 * 1024 * 1024;

/** Bytes by which the packs grow before objects that `main` does not need are removed. */
const GROWTH_BYTES = 1024 * 1024 * 1024;

/** Former heads of `main` that stay findable; the oldest beyond are forgotten, as all are when space is needed. */
const MAXIMUM_REPLACED_HEADS = 100;

/** A fetch gets at least so much room, as a share of {@link StorageLimits.maximumBytes}: `main` may be shorter by now. */
const LEAST_ROOM_SHARE = 1 / 256;

/** Repacking a gigabyte takes minutes on a small machine; saves wait for it. */
const COLLECTION_DEADLINE_MILLISECONDS = 10 * 60_000;

export interface StorageLimits {
  /** Bytes of all packs. Default {@link MAXIMUM_STORED_BYTES}. */
  readonly maximumBytes: number;
  /** Bytes of growth between two collections. Default {@link GROWTH_BYTES}. */
  readonly growthBytes: number;
}

export interface StorageParts {
  readonly git: Git;
  readonly reader: ObjectReader;
  readonly updater: ReferenceUpdater;
  readonly logger: Logger;
  readonly limits?: StorageLimits | undefined;
}

/**
 * Bounds the disk space that a remote can fill: it may send large packs and rewrite its history again and again.
 * Its methods run while nothing else writes to the repository.
 */
export class ObjectStorage {
  readonly #parts: StorageParts;
  readonly #limits: StorageLimits;
  /** Bytes after the last collection; at first those that were there at the start. */
  #base: number | undefined;
  #hasCollected = false;
  #full: NautesError | undefined;
  /** A fetch has needed more room than there was, and `main` has the same history since. */
  #wasShort = false;

  constructor(parts: StorageParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? { maximumBytes: MAXIMUM_STORED_BYTES, growthBytes: GROWTH_BYTES };
  }

  /** `ConfigRepoInvalid` while what `main` needs leaves no room: then only another history is followed. */
  get full(): NautesError | undefined {
    return this.#full;
  }

  /** Bytes that the next fetch may write. Removes what `main` does not need when the packs have grown much. */
  async room(signal: AbortSignal): Promise<number> {
    const { maximumBytes } = this.#limits;
    let stored = await this.#stored();
    if (this.#isDue(stored)) {
      await this.#collect(withDeadline(signal, COLLECTION_DEADLINE_MILLISECONDS));
      const before = stored;
      stored = await this.#stored();
      this.#base = stored;
      this.#hasCollected = true;
      this.#parts.logger.warn(
        { before, after: stored },
        'objects that main does not need were removed for their space',
      );
    }
    this.#base ??= stored;
    const [room, leastRoom] = [maximumBytes - stored, maximumBytes * LEAST_ROOM_SHARE];
    const problem = message('ConfigRepoInvalid.tooLarge', { bytes: stored, maximum: maximumBytes });
    this.#full = room < leastRoom ? new NautesError('ConfigRepoInvalid', { problem }) : undefined;
    return Math.max(room, leastRoom);
  }

  /** A fetch was ended because it wrote more than its room. */
  noteShort(): void {
    this.#wasShort = true;
  }

  /** `main` has another history now. Forgets the oldest former heads beyond {@link MAXIMUM_REPLACED_HEADS}. */
  async noteReplaced(): Promise<void> {
    if (this.#full !== undefined || this.#wasShort) this.#hasCollected = false;
    this.#wasShort = false;
    const references = await this.#references(REPLACED_REFERENCES);
    await this.#forget(references.slice(0, Math.max(0, references.length - MAXIMUM_REPLACED_HEADS)));
  }

  #isDue(stored: number): boolean {
    const { maximumBytes, growthBytes } = this.#limits;
    const growth = stored - (this.#base ?? stored);
    if (growth >= growthBytes) return true;
    const isTight = stored > maximumBytes - growthBytes;
    return isTight && (!this.#hasCollected || growth >= maximumBytes * LEAST_ROOM_SHARE);
  }

  async #collect(signal: AbortSignal): Promise<void> {
    const { git, reader, updater } = this.#parts;
    await this.#forget(await this.#references(OWN_REFERENCES));
    await git.output(['reflog', 'expire', '--expire=never', '--expire-unreachable=now', '--all'], { signal });
    const result = await git.runPacking(['repack', '-a', '-d', '--quiet'], { signal });
    if (result.code !== 0) throw new GitFailure('repack', result);
    reader.restart(); // they hold packs open that are deleted
    updater.restart();
  }

  /** Names of references, the oldest first. */
  async #references(prefix: string): Promise<readonly string[]> {
    const printed = await this.#parts.git.output(['for-each-ref', '--format=%(refname)', prefix]);
    const names = printed.toString('utf8').split('\n').filter(Boolean);
    const changed = await Promise.all(names.map((name) => changedAt(join(this.#parts.git.directory, name))));
    return names
      .map((name, index) => ({ name, at: changed[index] ?? 0 }))
      .sort((left, right) => left.at - right.at)
      .map(({ name }) => name);
  }

  async #forget(references: readonly string[]): Promise<void> {
    if (references.length === 0) return;
    const input = references.map((name) => `delete ${name}\n`).join('');
    await this.#parts.git.output(['update-ref', '--stdin'], { input });
  }

  async #stored(): Promise<number> {
    const directory = join(this.#parts.git.directory, 'objects', 'pack');
    let bytes = 0;
    for (const name of await readdir(directory)) {
      bytes += await sizeOf(join(directory, name));
    }
    return bytes;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissingFile(error)) return 0;
    throw error;
  }
}

/** 0 for one that is in no file of its own, which are older than those that are. */
async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissingFile(error)) return 0;
    throw error;
  }
}
