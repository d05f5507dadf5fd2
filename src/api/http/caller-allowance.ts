/** Callers that are kept in mind; those of longest ago are forgotten. */
const MAXIMUM_CALLERS = 10_000;
const MINUTE_MILLISECONDS = 60_000;

interface Bucket {
  left: number;
  at: number;
}

/** How often each caller may do something: so many times in a minute, which may come at once. */
export class CallerAllowance {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one; how many milliseconds there are until the caller has one again where it has none, 0 otherwise. */
  take(caller: string): number {
    const now = this.#now();
    const { left, at } = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now };
    const filled = Math.min(this.#perMinute, left + ((now - at) * this.#perMinute) / MINUTE_MILLISECONDS);
    const hasOne = filled >= 1;
    this.#keep(caller, { left: hasOne ? filled - 1 : filled, at: now });
    return hasOne ? 0 : Math.ceil(((1 - filled) * MINUTE_MILLISECONDS) / this.#perMinute);
  }

  #keep(caller: string, bucket: Bucket): void {
    this.#buckets.delete(caller); // to be the newest
    this.#buckets.set(caller, bucket);
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MAXIMUM_CALLERS) break;
      this.#buckets.delete(oldest);
    }
  }
}
