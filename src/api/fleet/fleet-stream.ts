import type { ServerResponse } from 'node:http';
import type { Language } from '../../messages/text.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import type { OpenStream } from '../events/open-streams.ts';
import { StreamWriter } from '../events/stream-writer.ts';
import type { FleetTexts } from './fleet-texts.ts';

/**
 * One client of the rows. It holds no queue: what a slow client does not take is made again from the rows as they are
 * when its buffer has drained.
 */
export class FleetStream implements OpenStream {
  readonly language: Language;
  readonly #writer: StreamWriter;
  readonly #fleet: FleetReader;
  readonly #texts: FleetTexts;
  /** The revision that the client knows. */
  #cursor = 0;
  #isStarted = false;

  constructor(response: ServerResponse, { fleet, texts, language }: FleetStreamOptions) {
    this.#writer = new StreamWriter(response, () => this.#catchUp(this.#cursor));
    this.#fleet = fleet;
    this.#texts = texts;
    this.language = language;
  }

  /** @param after the revision that the client knows; only what changes from now on when empty */
  start(after: string): void {
    this.#isStarted = true;
    this.#writer.begin();
    if (after === '') {
      this.#cursor = this.#fleet.revision;
      this.#writer.write(`id: ${this.#texts.revision}\n\n`);
      return;
    }
    this.#catchUp(this.#texts.numberOf(after));
  }

  /** The rows have changed; `text` says from `before` to the present revision how. */
  offer(before: number, text: string): void {
    if (!this.#isStarted || this.#writer.isStalled) return; // it catches up later
    if (this.#cursor !== before) return this.#catchUp(this.#cursor);
    this.#cursor = this.#fleet.revision;
    this.#writer.write(text);
  }

  heartbeat(now: number, stallMilliseconds: number): boolean {
    return this.#writer.heartbeat(now, stallMilliseconds);
  }

  end(): void {
    this.#writer.end();
  }

  destroy(): void {
    this.#writer.destroy();
  }

  #catchUp(from: number | undefined): void {
    const names = from === undefined ? undefined : this.#fleet.changedSince(from);
    this.#cursor = this.#fleet.revision;
    if (names === undefined) {
      const { revision } = this.#texts;
      this.#writer.write(`event: reset\nid: ${revision}\ndata: ${JSON.stringify({ revision })}\n\n`);
    } else if (names.length > 0) this.#writer.write(this.#texts.rowsEvent(names, this.language));
  }
}

export interface FleetStreamOptions {
  readonly fleet: FleetReader;
  readonly texts: FleetTexts;
  /** Of the texts. */
  readonly language: Language;
}
