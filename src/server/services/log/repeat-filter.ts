/** What is the same within this time is written once. */
export const REPEAT_WINDOW_MILLISECONDS = 10 * 60_000;
/** Different entries that are remembered; beyond that the oldest is forgotten early. */
const MAXIMUM_REMEMBERED = 10_000;

interface Remembered<Entry> {
  readonly entry: Entry;
  readonly since: number;
  repeats: number;
}

/** An entry that was not written each time. */
export interface Repeated<Entry> {
  readonly entry: Entry;
  /** How often it came again after it was written. */
  readonly repeats: number;
}

/** Keeps what is said again and again from flooding a log: each entry is written once in ten minutes, then counted. */
export class RepeatFilter<Entry> {
  readonly #remembered = new Map<string, Remembered<Entry>>();

  /** True when the entry is to be written; otherwise it is counted. */
  admit(key: string, entry: Entry, now: number): boolean {
    const known = this.#remembered.get(key);
    if (known !== undefined) {
      known.repeats += 1;
      return false;
    }
    this.#remembered.set(key, { entry, since: now, repeats: 0 });
    return true;
  }

  /** Forgets the entries whose time is over; those of them that came again. */
  expired(now: number): readonly Repeated<Entry>[] {
    const ended: Remembered<Entry>[] = [];
    for (const [key, remembered] of this.#remembered) {
      const isOver = now - remembered.since >= REPEAT_WINDOW_MILLISECONDS;
      if (!isOver && this.#remembered.size <= MAXIMUM_REMEMBERED) break; // the others are younger
      this.#remembered.delete(key);
      ended.push(remembered);
    }
    return ended.filter(({ repeats }) => repeats > 0);
  }

  /** Forgets all; those that came again. */
  clear(): readonly Repeated<Entry>[] {
    return this.expired(Number.POSITIVE_INFINITY);
  }
}
