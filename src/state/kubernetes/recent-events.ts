import type { ResourceEvent } from '../../resources/event.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';

/** Events of all resources in memory; a reader who is further behind has the rings read. */
const MAXIMUM_EVENTS = 5_000;

/** The latest events of all resources, in order of their ids. */
export class RecentEvents {
  #events: ResourceEvent[] = [];
  /** All events with ids above this are here; `undefined` before the beginning. */
  #floor: number | undefined;

  get isBegun(): boolean {
    return this.#floor !== undefined;
  }

  /** From now on every event is told; those up to the id are not here. */
  beginAfter(id: number): void {
    this.#floor = Math.max(this.#floor ?? 0, id);
  }

  /** Whether all events after the id are here. */
  has(id: number): boolean {
    return this.#floor !== undefined && id >= this.#floor;
  }

  add(event: ResourceEvent): void {
    this.#events.splice(this.#indexAfter(event.id), 0, event);
    if (this.#events.length <= MAXIMUM_EVENTS * 2) return;
    const dropped = this.#events.splice(0, this.#events.length - MAXIMUM_EVENTS);
    this.beginAfter(dropped.at(-1)?.id ?? 0);
  }

  after(id: number): readonly ResourceEvent[] {
    return this.#events.slice(this.#indexAfter(id));
  }

  forget({ kind, name }: ResourceKey): void {
    this.#events = this.#events.filter((event) => event.kind !== kind || event.name !== name);
  }

  /** Where an event with the id goes. Most are the newest. */
  #indexAfter(id: number): number {
    const last = this.#events.at(-1);
    if (last === undefined || last.id <= id) return this.#events.length;
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.id ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
