import { setImmediate as turn } from 'node:timers/promises';

/**
 * Shares the answer to a question between concurrent callers of the same key. Every caller gets the answer to a
 * question sent after its call: one can be joined until it is sent, and at most one per key is in flight.
 */
export class InFlightCoalescer<T> {
  readonly #open = new Map<string, Promise<T>>();
  readonly #sent = new Map<string, Promise<T>>();

  ask(key: string, question: () => Promise<T>): Promise<T> {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    const asked = this.#send(key, question);
    this.#open.set(key, asked);
    return asked;
  }

  async #send(key: string, question: () => Promise<T>): Promise<T> {
    await this.#sent.get(key)?.catch(() => {}); // its own callers get its failure
    await turn(); // concurrent callers join
    this.#open.delete(key);
    const sent = question();
    this.#sent.set(key, sent);
    try {
      return await sent;
    } finally {
      this.#sent.delete(key);
    }
  }
}
