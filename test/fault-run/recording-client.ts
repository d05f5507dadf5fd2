import type { RunHistory } from './history.ts';

/** Longer than the server takes for anything; what is not answered by then was hardly going to be. */
const TIMEOUT_MILLISECONDS = 25_000;

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly requestId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A caller of the API whose server may go away at any time; every answer is kept. */
export class RecordingClient {
  readonly #url: () => string;
  readonly #token: string;
  readonly #history: RunHistory;

  constructor(url: () => string, token: string, history: RunHistory) {
    this.#url = url;
    this.#token = token;
    this.#history = history;
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      const reply = await fetch(`${this.#url()}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          accept: 'application/json',
          'content-type': 'application/json',
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
      const text = await reply.text();
      this.#history.answers.push(`${method} ${path} ${reply.status} ${JSON.stringify([...reply.headers])} ${text}`);
      const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : { text };
      return {
        status: reply.status,
        requestId: reply.headers.get('x-request-id') ?? '',
        body: parsed as Record<string, unknown>,
      };
    } catch {
      return { status: 0, requestId: '', body: {} };
    }
  }
}

/** What an answer says, in a word. */
export function outcomeOf({ status, body }: Answer): string {
  if (status === 0) return 'no answer';
  const { reason } = body;
  return status === 200 || typeof reason !== 'string' ? String(status) : `${status} ${reason}`;
}
