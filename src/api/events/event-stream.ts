import type { Language } from '../../messages/text.ts';
import type { ServerResponse } from 'node:http';
import type { ResourceEvent } from '../../resources/event.ts';
import type { EventLog, EventPage, EventScope } from '../../state/index.ts';
import { eventReply } from '../wire/event-reply.ts';
import { StreamWriter } from './stream-writer.ts';

/** Events read from the store at once. */
const BATCH = 100;

export interface StreamOptions {
  readonly scope: EventScope;
  /** Of the texts. */
  readonly language: Language;
  /** Id of the last event that the client has; only new ones when undefined. */
  readonly after: number | undefined;
}

/**
 * One client of server-sent events (WHATWG HTML, 9.2). It holds no queue: what a slow client does not take stays in
 * the store and is read from there when the client's buffer has drained.
 */
export class EventStream {
  readonly language: Language;
  readonly #scope: EventScope;
  readonly #writer: StreamWriter;
  readonly #log: EventLog;
  #cursor = 0;
  /** The client was told to read the state anew when this was the newest event: gaps before it are no news. */
  #resetUpTo = 0;
  /** Set while events are read from the store or the client's buffer is full: nothing is sent directly then. */
  #busy = true;
  /** An event came while busy. */
  #missed = false;

  constructor(response: ServerResponse, log: EventLog, { scope, language }: Pick<StreamOptions, 'scope' | 'language'>) {
    this.#writer = new StreamWriter(response, () => this.#drained());
    this.#log = log;
    this.#scope = scope;
    this.language = language;
  }

  /** Sends what the client has missed. Events that are offered from the construction on are not lost. */
  async start(after: number | undefined): Promise<void> {
    const { latest } = await this.#log.after(Number.MAX_SAFE_INTEGER, this.#scope, 1);
    this.#writer.begin();
    this.#cursor = after ?? latest;
    if (after === undefined) this.#write(`id: ${latest}\n\n`);
    await this.#catchUp();
  }

  /** A new event, already in its form for the wire. */
  offer(event: ResourceEvent, text: string): void {
    const { kind, name = event.name } = this.#scope;
    if (event.kind !== kind || event.name !== name) return;
    if (this.#busy) this.#missed = true;
    else if (event.id > this.#cursor) {
      this.#cursor = event.id;
      this.#write(text);
    }
  }

  /** Keeps the connection open through proxies; `false` when the client has taken nothing for too long. */
  heartbeat(now: number, stallMilliseconds: number): boolean {
    return this.#writer.heartbeat(now, stallMilliseconds);
  }

  end(): void {
    this.#writer.end();
  }

  destroy(): void {
    this.#writer.destroy();
  }

  async #catchUp(): Promise<void> {
    this.#busy = true;
    do {
      this.#missed = false; // before the store is asked: what comes while it answers may not be in the page
      const page = await this.#log.after(this.#cursor, this.#scope, BATCH);
      if (this.#cursor > page.latest) this.#startAnew(page.latest);
      else this.#sendPage(page);
    } while (this.#missed && !this.#writer.isStalled);
    if (!this.#writer.isStalled) this.#busy = false;
  }

  /** The client's id is of a store that is gone: what this one has is new to it. */
  #startAnew(latest: number): void {
    this.#reset(latest);
    this.#cursor = 0;
    this.#missed = true;
  }

  #sendPage(page: EventPage): void {
    if (!page.complete && this.#cursor >= this.#resetUpTo) this.#reset(page.latest);
    const end = this.#cursor < this.#resetUpTo ? this.#resetUpTo : Number.POSITIVE_INFINITY;
    const events = page.events.filter(({ id }) => id <= end);
    for (const event of events) this.#write(eventText(event, this.language));
    const isLast = page.events.length < BATCH || events.length < page.events.length;
    this.#cursor = isLast && Number.isFinite(end) ? end : (events.at(-1)?.id ?? this.#cursor);
    if (!isLast || Number.isFinite(end)) this.#missed = true;
  }

  /** Tells the client that it has not seen everything: it has to read the state anew. */
  #reset(latest: number): void {
    this.#write(`event: reset\ndata: ${JSON.stringify({ latest })}\n\n`);
    this.#resetUpTo = latest;
  }

  #write(text: string): void {
    this.#writer.write(text);
    if (!this.#writer.isStalled) return;
    this.#busy = true;
    this.#missed = true;
  }

  #drained(): void {
    this.#catchUp().catch(() => this.destroy());
  }
}

export function eventText(event: ResourceEvent, language: Language): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(eventReply(event, language))}\n\n`;
}
