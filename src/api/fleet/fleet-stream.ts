import type { ServerResponse } from 'node:http';
import type { Language } from '../../messages/text.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import type { OpenStream } from '../events/open-streams.ts';
import type { FleetTexts } from './fleet-texts.ts';

/** How long a browser waits before it connects again, in milliseconds. */
const RECONNECT_DELAY = 2000;

/**
 * One client of the rows. It holds no queue: what a slow client does not take is made again from the rows as they are
 * when its buffer has drained.
 */
export class FleetStream implements OpenStream {
  readonly language: Language;
  readonly #response: ServerResponse;
  readonly #fleet: FleetReader;
  readonly #texts: FleetTexts;
  /** The revision that the client knows. */
  #cursor = 0;
  #isStarted = false;
  /** When the client's buffer became full (milliseconds), `undefined` while it takes what it gets. */
  #stalledSince: number | undefined;

  constructor(response: ServerResponse, { fleet, texts, language }: FleetStreamOptions) {
    this.#response = response;
    this.#fleet = fleet;
    this.#texts = texts;
    this.language = language;
    response.on('drain', () => this.#drained());
  }

  /** @param after the revision that the client knows; only what changes from now on when empty */
  start(after: string): void {
    this.#isStarted = true;
    this.#write(`retry: ${RECONNECT_DELAY}\n\n`);
    if (after === '') {
      this.#cursor = this.#fleet.revision;
      this.#write(`id: ${this.#texts.revision}\n\n`);
      return;
    }
    this.#catchUp(this.#texts.numberOf(after));
  }

  /** The rows have changed; `text` says from `before` to the present revision how. */
  offer(before: number, text: string): void {
    if (!this.#isStarted || this.#stalledSince !== undefined) return; // it catches up later
    if (this.#cursor !== before) return this.#catchUp(this.#cursor);
    this.#cursor = this.#fleet.revision;
    this.#write(text);
  }

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

  #catchUp(from: number | undefined): void {
    const names = from === undefined ? undefined : this.#fleet.changedSince(from);
    this.#cursor = this.#fleet.revision;
    if (names === undefined) {
      const { revision } = this.#texts;
      this.#write(`event: reset\nid: ${revision}\ndata: ${JSON.stringify({ revision })}\n\n`);
    } else if (names.length > 0) this.#write(this.#texts.rowsEvent(names, this.language));
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (!this.#response.write(text)) this.#stalledSince ??= Date.now();
  }

  #drained(): void {
    if (this.#stalledSince === undefined) return;
    this.#stalledSince = undefined;
    this.#catchUp(this.#cursor);
  }
}

export interface FleetStreamOptions {
  readonly fleet: FleetReader;
  readonly texts: FleetTexts;
  /** Of the texts. */
  readonly language: Language;
}
