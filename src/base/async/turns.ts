/**
 * Pieces of work that are ready at the same time, one in each iteration of the event loop: whatever else happens, such as
 * a request that arrives, waits for one of them and not for all.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;

  /** Resolves when it is the caller's turn, in the order of the calls. What follows it without waiting is the piece. */
  readonly take = (): Promise<void> =>
    new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    // What is scheduled while immediates run comes in the next iteration.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#waiting.shift()?.();
      this.#schedule();
    });
  }
}
