import type { Logger } from '../base/logger.ts';

/** Things to let go of, in the order in which they were opened. */
export class Opened {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> | void }[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  /** Closes in the reverse order. What does not close cleanly keeps no other from it. */
  async closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error({ part: name, error }, 'a part did not close cleanly');
      }
    }
  }
}
