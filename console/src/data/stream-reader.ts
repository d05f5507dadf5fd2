/** One event of a stream (WHATWG HTML, 9.2). */
export interface StreamMessage {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** Of this or the last event that had one. */
  readonly id: string;
}

export type StreamState = 'connecting' | 'live' | 'waiting';

export interface StreamOptions {
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Id of the last event that is known; empty for those from now on. */
  readonly after: string;
  readonly signal: AbortSignal;
  readonly onMessage: (message: StreamMessage) => void;
  readonly onState: (state: StreamState) => void;
  /** Anything came, also a comment that keeps the connection open. */
  readonly onSign?: () => void;
  /** For tests. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Longest event that is read, in characters. */
export const MAXIMUM_EVENT_LENGTH = 64 * 1024 * 1024;

const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/**
 * Follows a stream and resumes it after every break, until the signal ends it or the server refuses the caller.
 * `EventSource` gives up for good on a 503 and does not tell the status.
 * @returns the status that the server refuses with, 401 or 403; 0 when the signal has ended it
 */
export async function readStream(options: StreamOptions): Promise<number> {
  const { signal, onState, pause = wait } = options;
  let last = options.after;
  let failures = 0;
  while (!signal.aborted) {
    onState('connecting');
    const attempt = await connect({ ...options, after: last, onMessage: received });
    if (attempt.refused !== undefined) return attempt.refused;
    if (attempt.wasLive) failures = 0;
    if (signal.aborted) break;
    onState('waiting');
    await pause(attempt.retryAfter ?? backOff(failures), signal);
    failures += 1;
  }
  return 0;

  function received(message: StreamMessage): void {
    last = message.id;
    options.onMessage(message);
  }
}

interface Attempt {
  readonly wasLive: boolean;
  /** Set when there is no use in trying again. */
  readonly refused?: number;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

async function connect({ url, headers, after, signal, onMessage, onState, onSign }: StreamOptions): Promise<Attempt> {
  let wasLive = false;
  try {
    const resume: Readonly<Record<string, string>> = after === '' ? {} : { 'last-event-id': after };
    const reply = await fetch(url, {
      headers: { ...headers(), accept: 'text/event-stream', ...resume },
      signal,
      cache: 'no-store',
    });
    if (reply.status === 401 || reply.status === 403) return { wasLive, refused: reply.status };
    if (!reply.ok || reply.body === null) {
      const seconds = Number(reply.headers.get('retry-after') ?? '');
      return seconds > 0 ? { wasLive, retryAfter: seconds * 1000 } : { wasLive };
    }
    wasLive = true;
    onState('live');
    const decoder = new StreamDecoder(after, onMessage);
    for await (const chunk of textOf(reply.body)) {
      onSign?.();
      decoder.add(chunk);
    }
  } catch {
    // the connection broke, or the signal ended it
  }
  return { wasLive };
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    reader.cancel().catch(() => {}); // it has broken already
  }
}

/** Takes a stream apart into its events. */
export class StreamDecoder {
  readonly #onMessage: (message: StreamMessage) => void;
  #rest = '';
  #event = '';
  #data: string[] = [];
  #length = 0;
  #id: string;

  constructor(id: string, onMessage: (message: StreamMessage) => void) {
    this.#id = id;
    this.#onMessage = onMessage;
  }

  /** @throws RangeError for an event that is too long */
  add(chunk: string): void {
    const lines = (this.#rest + chunk).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    this.#length += chunk.length;
    if (this.#length > MAXIMUM_EVENT_LENGTH) throw new RangeError('an event of the stream is too long');
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === '') return this.#dispatch();
    const mark = line.indexOf(':');
    const field = mark === -1 ? line : line.slice(0, mark);
    const value = mark === -1 ? '' : line.slice(mark + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id') this.#id = value;
  }

  #dispatch(): void {
    this.#length = this.#rest.length;
    const [event, data] = [this.#event, this.#data];
    this.#event = '';
    this.#data = [];
    if (data.length === 0 && event === '') return;
    this.#onMessage({ event: event === '' ? 'message' : event, data: data.join('\n'), id: this.#id });
  }
}

/** Doubles up to ten seconds, and differs from browser to browser. */
function backOff(failures: number): number {
  return Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures) * (0.5 + Math.random() / 2);
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
