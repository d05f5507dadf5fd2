/** Aborts with the caller's signal or at a time; unlike `AbortSignal.any` it leaves nothing behind once it is cleared. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #forward = () => this.#end(this.#outer.reason);
  readonly #passing = Promise.withResolvers<never>();
  #cleared = false;
  passed = false;

  constructor(outer: AbortSignal, milliseconds: number) {
    this.#outer = outer;
    this.#passing.promise.catch(() => {}); // nobody may be waiting when it passes
    outer.addEventListener('abort', this.#forward, { once: true });
    this.#timer = setTimeout(() => {
      this.passed = true;
      this.#end();
    }, milliseconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Rejects when the signal aborts; never resolves. */
  get passing(): Promise<never> {
    return this.#passing.promise;
  }

  /** Ends it now, for the reason. */
  fail(reason: Error): void {
    this.#end(reason);
  }

  #end(reason?: unknown): void {
    this.#controller.abort(reason);
    this.#passing.reject(this.#controller.signal.reason);
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
