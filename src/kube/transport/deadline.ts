/** Ends something with the caller's signal or at a time, until it is cleared; then nothing of it is left at the signal. */
export class Deadline {
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #forward: () => void;
  #cleared = false;
  passed = false;

  /** @param end called with the signal's reason, or an error of the time */
  constructor(outer: AbortSignal, milliseconds: number, end: (reason: unknown) => void) {
    this.#outer = outer;
    this.#forward = () => end(outer.reason);
    outer.addEventListener('abort', this.#forward, { once: true });
    this.#timer = setTimeout(() => {
      this.passed = true;
      end(new Error(`took longer than ${milliseconds} ms`));
    }, milliseconds);
  }

  /** False when it was cleared before. */
  clear(): boolean {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#forward);
    const first = !this.#cleared;
    this.#cleared = true;
    return first;
  }
}
