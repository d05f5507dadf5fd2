import { StringDecoder } from 'node:string_decoder';
import { NautesError } from '../errors/errors.ts';
import { backoff, sleep } from '../base/async/timing.ts';
import type { EventView } from '../contract/views.ts';
import type { NautesClient } from './nautes-client.ts';

/** One message of a stream of server-sent events (WHATWG HTML, 9.2). */
export interface StreamMessage {
  /** `message` unless the stream names another type. */
  readonly type: string;
  readonly data: string;
  /** The last id of the stream, empty until there is one. */
  readonly lastId: string;
}

/** A larger message is rejected. */
const MAXIMUM_MESSAGE_LENGTH = 1024 * 1024;

/** Decodes a byte stream into complete messages. Comments and unknown fields are ignored. */
export class StreamDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  #rest = '';
  #afterReturn = false;
  #type = '';
  #data: string[] = [];
  #lastId = '';

  push(bytes: Buffer): readonly StreamMessage[] {
    let text = this.#utf8.write(bytes);
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAXIMUM_MESSAGE_LENGTH) throw new Error('a line of the event stream is too long');
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): readonly StreamMessage[] {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#lastId = value;
    return [];
  }

  #dispatch(): readonly StreamMessage[] {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    this.#data = [];
    return data.length === 0 ? [] : [{ type, data: data.join('\n'), lastId: this.#lastId }];
  }

  /** Also set between messages: a stream may begin with the newest id. */
  get lastId(): string {
    return this.#lastId;
  }
}

/** What a follower of events receives: an event, or a notice that events were lost and the state must be read again. */
export type Followed =
  | { readonly kind: 'event'; readonly event: EventView }
  | { readonly kind: 'reset' }
  /** The stream is open (again); earlier events are known or follow now. */
  | { readonly kind: 'open' }
  | { readonly kind: 'interrupted'; readonly error: unknown };

export interface FollowOptions {
  /** Only of this cluster; all when undefined. */
  readonly cluster: string | undefined;
  /** Id of the last known event; only new ones when undefined. */
  readonly after?: number;
  readonly signal: AbortSignal;
}

const RECONNECT = { initialMilliseconds: 500, maximumMilliseconds: 10_000 };

/**
 * Events as they happen, until the signal aborts, reconnecting as needed: each connection resumes after the last
 * event of the earlier one. Ends with an error only if a retry is of no use.
 */
export async function* followEvents(client: NautesClient, options: FollowOptions): AsyncGenerator<Followed, void> {
  const { cluster, signal } = options;
  let after = options.after;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const message = await client.openEvents(cluster, after, signal);
      failures = 0;
      yield { kind: 'open' };
      const decoder = new StreamDecoder();
      for await (const chunk of message as AsyncIterable<Buffer>) {
        for (const item of decoder.push(chunk)) yield await followed(client, item);
        if (decoder.lastId !== '') after = Number(decoder.lastId);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      yield { kind: 'interrupted', error };
    }
    await sleep(backoff(failures, RECONNECT), signal).catch(() => {});
    failures += 1;
  }
}

async function followed(client: NautesClient, { type, data }: StreamMessage): Promise<Followed> {
  return type === 'reset' ? { kind: 'reset' } : { kind: 'event', event: await client.event(data) };
}

/** Restarts and broken connections pass; refusals and untrusted certificates do not. */
function isPassing(error: unknown): boolean {
  if (error instanceof NautesError) return error.next === 'transient';
  if (error instanceof Error && 'status' in error) return error.status === 429 || Number(error.status) >= 500;
  return true;
}
