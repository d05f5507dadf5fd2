/** How often the progress of an apply is shown at most. */
export const PROGRESS_MILLISECONDS = 1_000;

/** Shows how many objects have been applied, and not each of them: every showing is a write of the status. */
export class ApplyProgress {
  readonly #show: (done: number, total: number) => Promise<unknown>;
  readonly #now: () => number;
  #shown: number;
  #showing: Promise<unknown> = Promise.resolve();

  constructor(show: (done: number, total: number) => Promise<unknown>, now: () => number = () => performance.now()) {
    this.#show = show;
    this.#now = now;
    this.#shown = now();
  }

  /** Another object has been applied. */
  readonly report = (done: number, total: number): void => {
    if (done >= total || this.#now() - this.#shown < PROGRESS_MILLISECONDS) return;
    this.#shown = this.#now();
    this.#showing = Promise.all([this.#showing, this.#show(done, total)]);
    this.#showing.catch(() => {}); // told by settled()
  };

  /** Resolves when what was shown is stored. */
  async settled(): Promise<void> {
    await this.#showing;
  }
}
