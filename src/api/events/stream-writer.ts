import type { ServerResponse } from 'node:http';

/** How long a browser waits before it connects again, in milliseconds. */
const RECONNECT_DELAY = 2000;

/**
 * Writes server-sent events (WHATWG HTML, 9.2) to one client, and knows whether the client takes them. It holds no queue of
 * its own: while the client is stalled its stream writes nothing, and catches up when the buffer has drained.
 */
export class StreamWriter {
  readonly #response: ServerResponse;
  /** When the client's buffer became full (milliseconds), `undefined` while it takes what it gets. */
  #stalledSince: number | undefined;

  /** @param onDrained the client takes events again */
  constructor(response: ServerResponse, onDrained: () => void) {
    this.#response = response;
    response.on('drain', () => {
      if (this.#stalledSince === undefined) return;
      this.#stalledSince = undefined;
      onDrained();
    });
  }

  get isStalled(): boolean {
    return this.#stalledSince !== undefined;
  }

  /** Tells the browser how soon it may connect again. */
  begin(): void {
    this.write(`retry: ${RECONNECT_DELAY}\n\n`);
  }

  write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (!this.#response.write(text)) this.#stalledSince ??= Date.now();
  }

  /** Keeps the connection open through proxies; `false` when the client has taken nothing for too long. */
  heartbeat(now: number, stallMilliseconds: number): boolean {
    if (this.#stalledSince === undefined) {
      this.#response.write(': keep-alive\n\n');
      return true;
    }
    return now - this.#stalledSince < stallMilliseconds;
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }
}
