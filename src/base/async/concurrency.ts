/** Limits concurrency; further tasks wait in FIFO order. */
export class ConcurrencyLimit {
  readonly #maximum: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get running(): number {
    return this.#running;
  }

  /** Runs the task when a slot is free; rejects with the signal's reason if it aborts first. */
  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#maximum) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(); // hands the slot over: the count stays
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(enter);
    });
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

/**
 * Runs the task for each item in order with bounded concurrency, and waits for all.
 * After the first rejection no further task starts; it is rethrown when the running tasks have ended.
 */
export async function forEachBounded<T>(
  items: readonly T[],
  maximum: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const item = items[next];
      next += 1;
      try {
        if (item !== undefined) await task(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(maximum, items.length) }, worker));
  const rejection = results.find((result) => result.status === 'rejected');
  if (rejection !== undefined) throw rejection.reason;
}

/** Like {@link forEachBounded}, with the results in the order of the items. */
export async function mapBounded<T, R>(
  items: readonly T[],
  maximum: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const indexed = items.map((item, index) => ({ item, index }));
  await forEachBounded(indexed, maximum, async ({ item, index }) => {
    results[index] = await task(item);
  });
  return results;
}
