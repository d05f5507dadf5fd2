import type { Logger } from '../base/logger.ts';
import { type Git, GitFailure } from './git/git.ts';

/** Packs that gather before they are put together in the background. */
const PACKS_BEFORE_REPACK = 100;

/** A repack that runs when the repository is closed may take this long; cut off, it leaves files behind. */
const REPACK_GRACE_MILLISECONDS = 2000;

/** Keeps the number of packs of a repository low. */
export class Repacker {
  readonly #git: Git;
  readonly #logger: Logger;
  readonly #onRepacked: () => Promise<void>;
  readonly #stop = new AbortController();
  #packs = 0;
  #running: Promise<void> | undefined;

  /** @param onRepacked lets processes go that hold deleted packs open */
  constructor(git: Git, logger: Logger, onRepacked: () => Promise<void>) {
    this.#git = git;
    this.#logger = logger;
    this.#onRepacked = onRepacked;
  }

  /** Notes a new pack; starts a repack in the background when there are many. */
  countPack(): void {
    this.#packs += 1;
    if (this.#packs < PACKS_BEFORE_REPACK || this.#running !== undefined) return;
    this.#packs = 0;
    this.#running = this.#repack().finally(() => {
      this.#running = undefined;
    });
  }

  /** Waits for a repack that runs, for a while. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), REPACK_GRACE_MILLISECONDS);
    await this.#running;
    clearTimeout(timer);
  }

  /** Puts packs together so that each is at least twice as large as all smaller ones; keeps every object. */
  async #repack(): Promise<void> {
    try {
      const args = ['repack', '-d', '--geometric=2', '--quiet'];
      const result = await this.#git.runPacking(args, { signal: this.#stop.signal });
      if (result.code !== 0) throw new GitFailure('repack', result);
      await this.#onRepacked();
    } catch (error) {
      this.#logger.warn({ error }, 'packs could not be put together');
    }
  }
}
