import { setImmediate } from 'node:timers/promises';
import type { ResourceEvent } from '../../resources/event.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import { EVENTS_KEPT_PER_RESOURCE } from '../event-log.ts';
import { keyId } from './cluster-state.ts';
import { eventsOf, mergedEvents, type StoredRing } from './event-ring.ts';

/** Rings that are read without a pause for other work. */
const RINGS_AT_A_TIME = 200;

/** The events of a resource: what is stored, and what is not yet. */
export interface Ring {
  readonly key: ResourceKey;
  stored: StoredRing | undefined;
  /** Events up to this id were dropped, as far as that is not stored. */
  floor: number;
  /** Announced and not stored yet, oldest first. */
  pending: ResourceEvent[];
  timer: NodeJS.Timeout | undefined;
  writing: Promise<void> | undefined;
  /** When it was written last (`performance.now()`). */
  writtenAt: number;
}

/** The rings of all resources, and what readers get from them. */
export class EventRings {
  readonly #rings = new Map<string, Ring>();

  get all(): readonly Ring[] {
    return [...this.#rings.values()];
  }

  find(key: ResourceKey): Ring | undefined {
    return this.#rings.get(keyId(key));
  }

  /** The ring of a resource, made when there is none. */
  of({ kind, name }: ResourceKey): Ring {
    const id = keyId({ kind, name });
    const known = this.#rings.get(id);
    if (known !== undefined) return known;
    const ring: Ring = {
      key: { kind, name },
      stored: undefined,
      floor: 0,
      pending: [],
      timer: undefined,
      writing: undefined,
      writtenAt: Number.NEGATIVE_INFINITY,
    };
    this.#rings.set(id, ring);
    return ring;
  }

  delete(key: ResourceKey): void {
    this.#rings.delete(keyId(key));
  }

  /** What was stored is stored no longer; a ring with nothing else goes. */
  dropStored(ring: Ring): void {
    ring.stored = undefined;
    if (ring.pending.length === 0 && ring.writing === undefined) this.delete(ring.key);
  }

  /** The events of a resource that are kept, oldest first. */
  eventsOf(key: ResourceKey): ResourceEvent[] {
    const ring = this.find(key);
    if (ring === undefined) return [];
    return mergedEvents(eventsOf(key, ring.stored), ring.pending).slice(-EVENTS_KEPT_PER_RESOURCE);
  }

  /** All events of the kind that are kept, in order. */
  async eventsOfKind(kind: string): Promise<ResourceEvent[]> {
    const all: ResourceEvent[] = [];
    let count = 0;
    for (const { key } of this.#rings.values()) {
      if (key.kind !== kind) continue;
      all.push(...this.eventsOf(key));
      count += 1;
      if (count % RINGS_AT_A_TIME === 0) await setImmediate();
    }
    return all.toSorted((left, right) => left.id - right.id);
  }

  /** Those of the events that are of the kind and kept. */
  keptOf(kind: string, events: readonly ResourceEvent[]): ResourceEvent[] {
    const floors = new Map<string, number>();
    return events.filter((event) => {
      if (event.kind !== kind) return false;
      const floor = floors.get(event.name) ?? this.floorOf(kind, event.name);
      floors.set(event.name, floor);
      return event.id > floor;
    });
  }

  /** Id of the newest event of the resource, or of any of the kind, that is kept no longer. */
  floorOf(kind: string, name: string | undefined): number {
    if (name !== undefined) {
      const ring = this.find({ kind, name });
      return ring === undefined ? 0 : floorOf(ring);
    }
    let highest = 0;
    for (const ring of this.#rings.values()) if (ring.key.kind === kind) highest = Math.max(highest, floorOf(ring));
    return highest;
  }
}

/** What is stored has a floor; what is waiting may push out more of it. */
function floorOf({ key, stored, floor, pending }: Ring): number {
  const known = Math.max(floor, stored?.floor ?? 0);
  if ((stored?.count ?? 0) + pending.length <= EVENTS_KEPT_PER_RESOURCE) return known;
  const all = mergedEvents(eventsOf(key, stored), pending);
  return Math.max(known, all.at(-EVENTS_KEPT_PER_RESOURCE - 1)?.id ?? 0);
}
