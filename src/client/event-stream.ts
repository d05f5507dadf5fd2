import { StringDecoder } from 'node:string_decoder';
import { NautesError } from '../errors/errors.ts';
import { backoff, sleep } from '../base/async/timing.ts';
import type { EventView } from '../contract/views.ts';
import type { NautesClient } from './nautes-client.ts';

/** One message of a stream of server-sent events (WHATWG HTML, 9.2). */
export interface StreamMessage {
  /** `message` unless the stream says otherwise. */
  readonly type: string;
  readonly data: string;
  /** The last id that the stream has given, empty until it has. */
  readonly lastId: string;
}

/** A message of more than this is not one of ours. */
const MAXIMUM_MESSAGE_LENGTH = 1024 * 1024;

/** Takes bytes as they come and gives the messages that are complete. Comments and unknown fields are left out. */
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

  /** Also known between messages: a stream may begin by telling the newest id. */
  get lastId(): string {
    return this.#lastId;
  }
}

/** What a follower of events gets: an event, or the word that some were lost and the state has to be read anew. */
export type Followed =
  | { readonly kind: 'event'; readonly event: EventView }
  | { readonly kind: 'reset' }
  /** The stream is open (again); what happened before is known or comes now. */
  | { readonly kind: 'open' }
  | { readonly kind: 'interrupted'; readonly error: unknown };

export interface FollowOptions {
  /** Only of this cluster; all when undefined. */
  readonly cluster: string | undefined;
  /** Id of the last event that is known; only new ones when undefined. */
  readonly after?: number;
  readonly signal: AbortSignal;
}

const RECONNECT = { initialMilliseconds: 500, maximumMilliseconds: 10_000 };

/**
 * Events as they happen, until the signal aborts, over as many connections as it takes: each goes on after the last
 * event of the one before. Ends with an error only where trying again is of no use.
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

/** Servers restart and connections break; a refusal or an untrusted certificate stays one. */
function isPassing(error: unknown): boolean {
  if (error instanceof NautesError) return error.next === 'transient';
  if (error instanceof Error && 'status' in error) return error.status === 429 || Number(error.status) >= 500;
  return true;
}
