import { StringDecoder } from 'node:string_decoder';
import { NautesError } from '../errors/errors.ts';
import { backoff, sleep } from '../base/async/timing.ts';
import type { EventView } from '../contract/views.ts';
import { message } from '../messages/message.ts';
import type { NautesClient } from './nautes-client.ts';

/** One message of a stream of server-sent events (WHATWG HTML, 9.2). */
export interface StreamMessage {
  /** `message` unless the stream names another type. */
  readonly type: string;
  readonly data: string;
  /** The last id of the stream, empty until there is one. */
  readonly lastId: string;
}

/** In characters: of a line, and of the lines of one message together. */
const MAXIMUM_MESSAGE_LENGTH = 1024 * 1024;
/** Ids of events are counted from 1, with at most so many digits. */
const EVENT_ID = /^\d{1,15}$/;

/** A message that is longer than one can be. */
export class MessageTooLong extends Error {
  override readonly name = 'MessageTooLong';
  readonly limit = MAXIMUM_MESSAGE_LENGTH;
}

/** Decodes a byte stream into complete messages. Comments and unknown fields are ignored. */
export class StreamDecoder {
  readonly #utf8 = new StringDecoder('utf8');
  /** Of a line whose end has not come yet. */
  #rest: string[] = [];
  #restLength = 0;
  #afterReturn = false;
  #type = '';
  #data: string[] = [];
  #dataLength = 0;
  #lastId = '';

  /** @throws MessageTooLong */
  push(bytes: Buffer): readonly StreamMessage[] {
    let text = this.#utf8.write(bytes);
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const [first = '', ...others] = text.split(/\r\n|\r|\n/);
    this.#continue(first);
    return others.flatMap((next) => {
      const line = this.#rest.join('');
      [this.#rest, this.#restLength] = [[], 0];
      this.#continue(next);
      return this.#line(line);
    });
  }

  #continue(part: string): void {
    this.#restLength += part.length;
    if (this.#restLength > MAXIMUM_MESSAGE_LENGTH) throw new MessageTooLong();
    this.#rest.push(part);
  }

  #line(line: string): readonly StreamMessage[] {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#addData(value);
    else if (field === 'id' && !value.includes('\0')) this.#lastId = value;
    return [];
  }

  #addData(value: string): void {
    this.#dataLength += value.length + 1;
    if (this.#dataLength > MAXIMUM_MESSAGE_LENGTH) throw new MessageTooLong();
    this.#data.push(value);
  }

  #dispatch(): readonly StreamMessage[] {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    [this.#data, this.#dataLength] = [[], 0];
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
      const response = await client.openEvents(cluster, after, signal);
      failures = 0;
      yield { kind: 'open' };
      const decoder = new StreamDecoder();
      for await (const chunk of response as AsyncIterable<Buffer>) {
        for (const item of messagesIn(client, decoder, chunk)) yield await followed(client, item);
        if (EVENT_ID.test(decoder.lastId)) after = Number(decoder.lastId);
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

function messagesIn(client: NautesClient, decoder: StreamDecoder, chunk: Buffer): readonly StreamMessage[] {
  try {
    return decoder.push(chunk);
  } catch (error) {
    if (!(error instanceof MessageTooLong)) throw error;
    const problem = message('Answer.line', { limit: error.limit });
    throw new NautesError('ServerAnswerUnclear', { server: client.server, problem }, { cause: error });
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
