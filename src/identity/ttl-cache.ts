/** Maximum number of cached answers; the oldest are dropped. */
const MAXIMUM_ANSWERS = 1000;

/** Answers cached for a limited time, by the monotonic clock. */
export class TtlCache<T> {
  readonly #milliseconds: number;
  readonly #answers = new Map<string, { readonly answer: T; readonly at: number }>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get(key: string): T | undefined {
    const found = this.#answers.get(key);
    if (found === undefined) return undefined;
    if (performance.now() - found.at < this.#milliseconds) return found.answer;
    this.#answers.delete(key);
    return undefined;
  }

  set(key: string, answer: T): void {
    this.#answers.delete(key);
    this.#answers.set(key, { answer, at: performance.now() });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MAXIMUM_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
  }
}
