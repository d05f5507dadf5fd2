import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that git gives to packs that are not complete. */
export const TEMPORARY_PACK = /^(tmp_|\.tmp-)/;

/** Counts the runs of git that write packs, and removes what those that failed have left, once none runs. */
export class PackWriters {
  readonly #directory: string;
  #running = 0;
  #hasRemains = false;

  constructor(repository: string) {
    this.#directory = join(repository, 'objects', 'pack');
  }

  /** @param isDone whether the run has written all it wanted to */
  async run<T>(write: () => Promise<T>, isDone: (result: T) => boolean): Promise<T> {
    this.#running += 1;
    let done = false;
    try {
      const result = await write();
      done = isDone(result);
      return result;
    } finally {
      this.#running -= 1;
      this.#hasRemains ||= !done;
      if (this.#hasRemains && this.#running === 0) await this.#removeRemains();
    }
  }

  /** What cannot be removed is removed at the next start. */
  async #removeRemains(): Promise<void> {
    this.#hasRemains = false;
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      if (TEMPORARY_PACK.test(name)) await rm(join(this.#directory, name), { force: true }).catch(() => {});
    }
  }
}
