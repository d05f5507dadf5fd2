/** A caller who waits longer waits for a peer and not for this process, and does not count any more. Milliseconds. */
const COUNTED_MILLISECONDS = 5_000;

/** Counts callers that wait for an answer, for work in the background that gives way to them. */
export class WaitingCallers {
  readonly #milliseconds: number;
  readonly #listeners = new Set<() => void>();
  #count = 0;

  constructor(milliseconds = COUNTED_MILLISECONDS) {
    this.#milliseconds = milliseconds;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** A caller waits until the work has ended. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const leave = this.#enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Told when no caller waits any more. Returns how to end that. */
  onEmpty(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #enter(): () => void {
    let counts = true;
    const leave = (): void => {
      clearTimeout(timer);
      if (!counts) return;
      counts = false;
      this.#count -= 1;
      if (this.#count === 0) for (const listener of this.#listeners) listener();
    };
    const timer = setTimeout(leave, this.#milliseconds).unref();
    this.#count += 1;
    return leave;
  }
}
