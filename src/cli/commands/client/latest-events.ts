import type { EventView } from '../../../contract/views.ts';

/** Requests for pages of events, of which a server answers 1,000 in each. */
export const MAXIMUM_EVENT_PAGES = 2_000;
/** Events that are shown, in characters of their JSON: of more than these the latest. */
const MAXIMUM_EVENTS_LENGTH = 64 * 1024 * 1024;

/** The latest events of a list that is read in pages. */
export class LatestEvents {
  readonly #kept: { readonly event: EventView; readonly length: number }[] = [];
  #length = 0;

  add(events: readonly EventView[]): void {
    for (const event of events) {
      const { length } = JSON.stringify(event);
      this.#kept.push({ event, length });
      this.#length += length;
    }
    let dropped = 0;
    while (this.#length > MAXIMUM_EVENTS_LENGTH) {
      this.#length -= this.#kept[dropped]?.length ?? this.#length;
      dropped += 1;
    }
    this.#kept.splice(0, dropped);
  }

  get items(): readonly EventView[] {
    return this.#kept.map(({ event }) => event);
  }
}
