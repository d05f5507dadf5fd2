import { Worker } from 'node:worker_threads';
import { moduleUrl } from '../base/module-url.ts';
import type { Message } from '../messages/text.ts';

/** What the thread says of a text. */
export type ParseReply = { readonly json: string } | { readonly problem: Message };

/** A thread that has nothing to parse for so long ends: its memory is a hundred times the size of what it has parsed. */
const IDLE_MILLISECONDS = 1_000;

/**
 * A thread that parses manifests, one at a time. It starts with the first text, which takes some 200 ms, and stays for
 * those that come right after it.
 */
export class ParseThread {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** Not called again before it has ended. What aborts it ends the thread. */
  async parse(text: string, signal: AbortSignal): Promise<ParseReply> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= new Worker(moduleUrl('parse-worker', import.meta.url)));
    const { promise, resolve, reject } = Promise.withResolvers<ParseReply>();
    const abort = (): void => reject(signal.reason);
    const onExit = (code: number): void => reject(new Error(`the parser ended with ${code}`));
    signal.addEventListener('abort', abort, { once: true });
    worker.ref();
    worker.once('message', resolve).once('error', reject).once('exit', onExit);
    worker.postMessage(text, []); // strings are copied, there is nothing to transfer
    try {
      const reply = await promise;
      this.#idle = setTimeout(() => this.#end(), IDLE_MILLISECONDS).unref();
      return reply;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      worker.off('message', resolve).off('error', reject).off('exit', onExit);
      worker.unref(); // a process that ends does not wait for it
    }
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.on('error', () => {}); // nobody waits for it any more
    void worker?.terminate();
  }
}
