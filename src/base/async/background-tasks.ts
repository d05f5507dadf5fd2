/** Tasks whose ends are waited for together. */
export class BackgroundTasks {
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  /** @param onError told of each task that rejects */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  add(task: Promise<unknown>): void {
    const ended = task.then(() => {}, this.#onError).finally(() => this.#running.delete(ended));
    this.#running.add(ended);
  }

  /** Resolves when all that were added until now have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }
}
