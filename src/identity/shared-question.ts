import { setImmediate as turn } from 'node:timers/promises';

/**
 * Lets callers share the answer to a question about the same key. Everybody gets an answer to a question that was sent
 * after the call: one can be joined until it is sent, and at most one is under way for a key.
 */
export class SharedQuestion<T> {
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
    await this.#sent.get(key)?.catch(() => {}); // its own callers hear of its failure
    await turn(); // those who ask at the same time join
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
