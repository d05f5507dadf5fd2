import { sleep } from './timing.ts';

/**
 * Spaces uses evenly, so that the rate per minute is bounded and no use waits long. While uses wait, callers can batch
 * more work into each of them.
 */
export class RateLimiter {
  readonly #interval: number;
  readonly #now: () => number;
  #next = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a monotonic clock */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#interval = 60_000 / perMinute;
    this.#now = now;
  }

  /** Reserves the next slot and returns how long to wait for it, in milliseconds. */
  reserve(): number {
    const now = this.#now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#interval;
    return at - now;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const milliseconds = this.reserve();
    if (milliseconds > 0) await sleep(milliseconds, signal);
  }
}
