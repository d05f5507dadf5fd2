import { sleep } from './timing.ts';

const MINUTE_MILLISECONDS = 60_000;

/**
 * Allows at most a number of uses in any minute. Further callers wait for a slot in FIFO order, unless the wait would
 * exceed their patience.
 */
export class SlidingWindowLimiter {
  readonly #perMinute: number;
  readonly #now: () => number;
  /** Times of the last uses, oldest first; at most as many as the limit, some of them in the future. */
  readonly #uses: number[] = [];

  /** @param now milliseconds of a monotonic clock */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes a slot and resolves with 0 when its time has come, or with the wait in milliseconds if that is too long. */
  async take(patienceMilliseconds: number, signal: AbortSignal): Promise<number> {
    const now = this.#now();
    const oldest = this.#uses.length < this.#perMinute ? undefined : this.#uses[0];
    const due = oldest === undefined ? now : Math.max(now, oldest + MINUTE_MILLISECONDS);
    const wait = due - now;
    if (wait > patienceMilliseconds) return wait;
    if (oldest !== undefined) this.#uses.shift();
    this.#uses.push(due);
    if (wait > 0) await sleep(wait, signal);
    return 0;
  }
}
