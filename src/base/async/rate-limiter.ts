import { sleep } from './timing.ts';

/**
 * Keeps uses apart, so that there are at most so many in any minute and none has to wait for long. While they wait,
 * what each of them has to do can grow.
 */
export class RateLimiter {
  readonly #interval: number;
  readonly #now: () => number;
  #next = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a clock that never goes back */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#interval = 60_000 / perMinute;
    this.#now = now;
  }

  /** How long the next use has to wait, in milliseconds; its place is taken. */
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
