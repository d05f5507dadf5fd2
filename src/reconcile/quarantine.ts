import type { Priority } from './work-queue.ts';

/** A run that has not ended the process by then lets the next one begin. */
const OBSERVATION_MILLISECONDS = 10_000;
/** How long a key waits that was under way at two unclean ends in a row; doubled with each further one. */
const FIRST_PAUSE_MILLISECONDS = 30_000;
const LONGEST_PAUSE_MILLISECONDS = 6 * 3_600_000;

/** Why and until when a key is held. */
export interface HeldBack {
  /** How often in a row its runs were under way when the process ended uncleanly. */
  readonly uncleanEnds: number;
  /** Length of its pause in milliseconds; absent while it waits only for the other keys that are held. */
  readonly milliseconds?: number;
}

/** The pause before the first run of a key that was under way at so many unclean ends in a row. */
export function pauseAfter(uncleanEnds: number): number {
  if (uncleanEnds < 2) return 0;
  return Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (uncleanEnds - 2), LONGEST_PAUSE_MILLISECONDS);
}

/**
 * Keys whose runs were under way when the process ended without having closed: one of them may be the cause. Each runs
 * once while no other of them does, and only then with all the others.
 */
export class Quarantine {
  readonly #uncleanEnds: Map<string, number>;
  readonly #start: (id: string, priority: Priority) => void;
  readonly #waiting = new Map<string, Priority>();
  readonly #paused = new Map<string, NodeJS.Timeout>();
  readonly #onHeld: (id: string, held: HeldBack) => void;
  /** Keys of the first unclean end wait for seconds as a rule: only longer waits are told. */
  readonly #untold = new Map<string, NodeJS.Timeout>();
  #current: string | undefined;
  #observation: NodeJS.Timeout | undefined;

  /**
   * @param unfinished how often each key was under way at an unclean end, in a row
   * @param start puts a key into the queue
   * @param onHeld told once of a key that waits, when it has to wait for longer than {@link OBSERVATION_MILLISECONDS}
   */
  constructor(
    unfinished: ReadonlyMap<string, number>,
    start: (id: string, priority: Priority) => void,
    onHeld: (id: string, held: HeldBack) => void,
  ) {
    this.#uncleanEnds = new Map(unfinished);
    this.#start = start;
    this.#onHeld = onHeld;
  }

  /** Whether the key has not run yet since the unclean end. */
  holds(id: string): boolean {
    return this.#uncleanEnds.has(id);
  }

  /** Starts a key that is held when its turn comes: at once when a person asks for it, but never beside another one. */
  request(id: string, priority: Priority): void {
    if (id === this.#current) return this.#start(id, priority);
    const uncleanEnds = this.#uncleanEnds.get(id) ?? 0;
    const pause = priority === 'user' ? 0 : pauseAfter(uncleanEnds);
    if (pause === 0) return this.#join(id, priority);
    if (this.#paused.has(id) || this.#waiting.has(id)) return;
    const timer = setTimeout(() => this.#join(id, priority), pause);
    this.#paused.set(id, timer);
    this.#onHeld(id, { uncleanEnds, milliseconds: pause });
  }

  /** A run of the key has ended without ending the process, or the key is no longer run here. */
  release(id: string): void {
    if (!this.#uncleanEnds.delete(id)) return;
    this.#waiting.delete(id);
    clearTimeout(this.#paused.get(id));
    this.#paused.delete(id);
    this.#tellNoMore(id);
    if (id === this.#current) this.#next();
  }

  close(): void {
    clearTimeout(this.#observation);
    for (const timer of [...this.#paused.values(), ...this.#untold.values()]) clearTimeout(timer);
    this.#untold.clear();
    this.#paused.clear();
    this.#waiting.clear();
  }

  #join(id: string, priority: Priority): void {
    clearTimeout(this.#paused.get(id));
    this.#paused.delete(id);
    if (this.#waiting.get(id) !== 'user') this.#waiting.set(id, priority);
    if (this.#current === undefined) this.#next();
    if (this.#waiting.has(id) && !this.#untold.has(id)) this.#untold.set(id, this.#tellLater(id));
  }

  #tellLater(id: string): NodeJS.Timeout {
    const tell = (): void => this.#onHeld(id, { uncleanEnds: this.#uncleanEnds.get(id) ?? 0 });
    return setTimeout(tell, OBSERVATION_MILLISECONDS).unref();
  }

  #tellNoMore(id: string): void {
    clearTimeout(this.#untold.get(id));
    this.#untold.delete(id);
  }

  #next(): void {
    clearTimeout(this.#observation);
    this.#current = undefined;
    const first = this.#leastSuspect();
    if (first === undefined) return;
    const [id, priority] = first;
    this.#waiting.delete(id);
    this.#tellNoMore(id);
    this.#current = id;
    this.#observation = setTimeout(() => this.#next(), OBSERVATION_MILLISECONDS);
    this.#observation.unref();
    this.#start(id, priority);
  }

  /** What a person asks for first, then the key that was under way at the fewest ends: one that ends the process holds none up. */
  #leastSuspect(): [id: string, priority: Priority] | undefined {
    const rank = ([id, priority]: [string, Priority]): number =>
      priority === 'user' ? 0 : (this.#uncleanEnds.get(id) ?? 0);
    return [...this.#waiting].toSorted((one, other) => rank(one) - rank(other))[0];
  }
}
