/**
 * An LRU cache of computations. One computation per key, also for concurrent callers;
 * a failure is not cached.
 */
export class RecentCache<T> {
  readonly #maximum: number;
  /** In the order of use, the most recent last. */
  readonly #entries = new Map<string, Promise<T>>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    const entry = known ?? compute();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (known === undefined) {
      entry.catch(() => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      });
      this.#dropOldest();
    }
    return entry;
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maximum && oldest !== undefined) this.#entries.delete(oldest);
  }
}
