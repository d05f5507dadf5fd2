/** Lines that the reader has not taken yet are kept up to this length; further lines are dropped and counted. */
export const MAXIMUM_PENDING_BYTES = 1024 * 1024;

/** What of a process's standard error the log uses. */
export interface ErrorStream {
  readonly isTTY?: boolean;
  readonly writableLength: number;
  write(text: string): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/**
 * Writes log lines to a stream whose reader may be slow or gone: neither holds the server up, makes it grow, or ends it.
 */
export class LogOutput {
  readonly #stream: ErrorStream;
  readonly #format: (line: string) => string;
  #dropped = 0;
  #isClosed = false;

  /** @param format makes what is written of a record in JSON */
  constructor(stream: ErrorStream, format: (line: string) => string) {
    this.#stream = stream;
    this.#format = format;
    stream.on('error', () => {
      this.#isClosed = true; // a reader that has gone does not come back
    });
    if (stream.isTTY === true) unblock(stream);
  }

  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#stream.writableLength > MAXIMUM_PENDING_BYTES) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.#stream.write(this.#format(noteOfDropped(count)));
    }
    this.#stream.write(this.#format(line));
  }
}

function noteOfDropped(count: number): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ level: 'warn', time, count, msg: 'log lines were dropped: their reader is too slow' })}\n`;
}

/** Node writes to terminals synchronously: one that is stopped with Ctrl-S would stop the server. */
function unblock(stream: ErrorStream): void {
  const handle: unknown = Reflect.get(stream, '_handle');
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return;
  if (typeof handle.setBlocking === 'function') handle.setBlocking(false);
}
