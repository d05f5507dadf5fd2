import { sleep } from './timing.ts';

const MINUTE_MILLISECONDS = 60_000;

/**
 * At most so many uses in any minute. Who asks for more waits for a place, in the order of asking, unless that would
 * take longer than its patience.
 */
export class SlidingWindowLimiter {
  readonly #perMinute: number;
  readonly #now: () => number;
  /** When the last uses were, oldest first; at most as many as the budget allows, some of them ahead. */
  readonly #uses: number[] = [];

  /** @param now milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes a place and resolves with 0 when its time has come; resolves with the wait, in milliseconds, if that is too long. */
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
