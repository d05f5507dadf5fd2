import type { WaitingCallers } from '../base/async/waiting-callers.ts';
import { GivingWay } from './giving-way.ts';

/** User actions come before periodic work. */
export type Priority = 'user' | 'background';

/** Keys that keep failing run in a lane of their own, so that waiting for them takes no place from the others. */
export type Lane = 'healthy' | 'suspect';

export interface WorkQueueOptions {
  /** Does the work for a key. Never rejects for a reason that the queue could do something about. */
  run(key: string, lane: Lane, signal: AbortSignal): Promise<void>;
  /** Told of a rejection of `run`. */
  onError(key: string, error: unknown): void;
  /** Told of the end of each run and how long it took. */
  onRun?(lane: Lane, milliseconds: number, result: 'done' | 'failed'): void;
  /** Which lane a key runs in, asked when it is added. Default: always `healthy`. */
  lane?(key: string): Lane;
  /**
   * Whether runs of the key take long, asked when it has its turn: in the suspect lane half of the places are for others,
   * so that what recovers does not wait for those that are slow on purpose. Default: never.
   */
  isLong?(key: string): boolean;
  /** How many keys run at the same time, by lane. */
  readonly concurrency: Readonly<Record<Lane, number>>;
  /** Those who wait for an answer of this process: while there are some, few runs of the healthy lane are under way. */
  readonly callers?: WaitingCallers;
  /** How long a run may have a place in the healthy lane; default {@link MAXIMUM_HEALTHY_RUN_MILLISECONDS}. */
  readonly healthyMilliseconds?: number;
  /** Told of a run that has had its place for so long while the suspect lane has no place for it: it has to end. */
  readonly onCrowded?: (key: string) => void;
}

/**
 * A run that takes longer gives its place in the healthy lane to another: it continues in a place of the suspect lane, or
 * is ended when there is none.
 */
export const MAXIMUM_HEALTHY_RUN_MILLISECONDS = 60_000;

export interface QueueLoad {
  readonly waiting: number;
  readonly running: number;
  /** How long the key that has waited longest has waited. */
  readonly oldestMilliseconds: number;
}

interface Delayed {
  readonly timer: NodeJS.Timeout;
  readonly due: number;
}

/** Keys that wait for a place in one lane, in the order in which they were added. */
class WaitingKeys {
  /** A key to when it began to wait. */
  readonly #keys: Readonly<Record<Priority, Map<string, number>>> = { user: new Map(), background: new Map() };

  get size(): number {
    return this.#keys.user.size + this.#keys.background.size;
  }

  /** How long the key that has waited longest has waited, in milliseconds. */
  get oldest(): number {
    const now = performance.now();
    let first = now;
    for (const keys of Object.values(this.#keys)) for (const since of keys.values()) first = Math.min(first, since);
    return now - first;
  }

  add(key: string, priority: Priority): void {
    if (this.#keys.user.has(key)) return;
    const since = this.#keys.background.get(key) ?? performance.now();
    if (priority === 'user') this.#keys.background.delete(key);
    this.#keys[priority].set(key, since);
  }

  /** The next key that may run; it no longer waits. */
  take(mayRun: (key: string) => boolean): string | undefined {
    for (const keys of [this.#keys.user, this.#keys.background]) {
      for (const key of keys.keys()) {
        if (!mayRun(key)) continue;
        keys.delete(key);
        return key;
      }
    }
    return undefined;
  }

  delete(key: string): void {
    this.#keys.user.delete(key);
    this.#keys.background.delete(key);
  }

  clear(): void {
    this.#keys.user.clear();
    this.#keys.background.clear();
  }
}

/** The longest delay: a timer of Node fires at once from 2^31 ms on. */
const MAXIMUM_DELAY_MILLISECONDS = 24 * 3_600_000;

function timerDelay(milliseconds: number): number {
  if (Number.isNaN(milliseconds)) throw new RangeError('a delay must be a number of milliseconds');
  return Math.min(Math.max(0, milliseconds), MAXIMUM_DELAY_MILLISECONDS);
}

const LANES: readonly Lane[] = ['healthy', 'suspect'];

/**
 * A queue of keys after client-go's work queue: a key that is queued is not queued twice, a key never runs twice at
 * the same time, and a key added while it runs will run once more.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: Readonly<Record<Lane, WaitingKeys>> = { healthy: new WaitingKeys(), suspect: new WaitingKeys() };
  readonly #delayed = new Map<string, Delayed>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Map<string, Priority>();
  readonly #active: Record<Lane, number> = { healthy: 0, suspect: 0 };
  /** Keys with a long run that has its place in the suspect lane. */
  readonly #long = new Set<string>();
  readonly #closing = new AbortController();
  readonly #givingWay: GivingWay | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    const { callers } = options;
    this.#givingWay = callers && new GivingWay(callers, () => this.#pump());
  }

  /** Runs the key as soon as there is a place for it. A delay that is pending for it is given up. */
  add(key: string, priority: Priority = 'background'): void {
    if (this.#closing.signal.aborted) return;
    this.#cancelDelay(key);
    if (this.#running.has(key)) {
      this.#again.set(key, this.#again.get(key) === 'user' ? 'user' : priority);
      return;
    }
    const own = this.#options.lane?.(key) ?? 'healthy';
    for (const lane of LANES) if (lane !== own) this.#waiting[lane].delete(key); // it may have waited in another lane
    this.#waiting[own].add(key, priority);
    this.#pump();
  }

  /** Runs the key after the delay; the earlier one wins when a delay is pending already. */
  addAfter(key: string, delay: number): void {
    if (this.#closing.signal.aborted) return;
    const milliseconds = timerDelay(delay);
    const due = performance.now() + milliseconds;
    const pending = this.#delayed.get(key);
    if (pending !== undefined && pending.due <= due) return;
    this.#cancelDelay(key);
    const timer = setTimeout(() => this.add(key), milliseconds);
    this.#delayed.set(key, { timer, due });
  }

  /** Forgets that the key waits. Resolves when it does not run any more; it is for the caller to abort that. */
  async remove(key: string): Promise<void> {
    this.#cancelDelay(key);
    for (const lane of LANES) this.#waiting[lane].delete(key);
    this.#again.delete(key);
    await this.#running.get(key);
  }

  /** Keys that wait for a place and that run, by lane. */
  get load(): Readonly<Record<Lane, QueueLoad>> {
    const of = (lane: Lane): QueueLoad => {
      const { size: waiting, oldest: oldestMilliseconds } = this.#waiting[lane];
      return { waiting, running: this.#active[lane], oldestMilliseconds };
    };
    return { healthy: of('healthy'), suspect: of('suspect') };
  }

  /** True until it is closed. */
  get isOpen(): boolean {
    return !this.#closing.signal.aborted;
  }

  /** Keys that wait for a place. */
  get depth(): number {
    return this.#waiting.healthy.size + this.#waiting.suspect.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Aborts what runs, forgets what waits, and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#givingWay?.close();
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    for (const lane of LANES) this.#waiting[lane].clear();
    this.#again.clear();
    await Promise.allSettled(this.#running.values());
  }

  #pump(): void {
    for (const lane of LANES) {
      while (this.#active[lane] < this.#options.concurrency[lane]) {
        if (lane === 'healthy' && this.#waiting[lane].size > 0 && this.#givingWay?.mayStart() === false) break;
        const key = this.#waiting[lane].take((waiting) => lane === 'healthy' || this.#hasPlaceFor(waiting));
        if (key === undefined) break;
        this.#start(key, lane);
      }
    }
  }

  /** Whether the key may take a place of the suspect lane. */
  #hasPlaceFor(key: string): boolean {
    return this.#options.isLong?.(key) !== true || this.#long.size < this.#longPlaces;
  }

  get #longPlaces(): number {
    return Math.max(1, Math.floor(this.#options.concurrency.suspect / 2));
  }

  #start(key: string, lane: Lane): void {
    this.#active[lane] += 1;
    if (lane === 'suspect' && this.#options.isLong?.(key) === true) this.#long.add(key);
    this.#running.set(key, Promise.resolve()); // before the run, which may add its own key
    if (lane === 'healthy') this.#givingWay?.started(key);
    const started = performance.now();
    let result: 'done' | 'failed' = 'done';
    const place = { lane };
    const overdue = lane === 'healthy' ? this.#moveLater(key, place) : undefined;
    const work = this.#options
      .run(key, lane, this.#closing.signal)
      .catch((error: unknown) => {
        result = 'failed';
        this.#options.onError(key, error);
      })
      .finally(() => {
        clearTimeout(overdue);
        this.#active[place.lane] -= 1;
        this.#long.delete(key);
        this.#givingWay?.ended(key);
        this.#options.onRun?.(lane, performance.now() - started, result);
        this.#running.delete(key);
        const again = this.#again.get(key);
        this.#again.delete(key);
        if (again !== undefined) this.add(key, again);
        this.#pump();
      });
    this.#running.set(key, work);
  }

  /** Takes the place in the healthy lane from a run that has had it for long. */
  #moveLater(key: string, place: { lane: Lane }): NodeJS.Timeout {
    const { concurrency, healthyMilliseconds = MAXIMUM_HEALTHY_RUN_MILLISECONDS, onCrowded } = this.#options;
    return setTimeout(() => {
      const isFull = this.#active.suspect >= concurrency.suspect || this.#long.size >= this.#longPlaces;
      if (isFull) return onCrowded?.(key);
      this.#long.add(key);
      this.#active.healthy -= 1;
      this.#active.suspect += 1;
      place.lane = 'suspect';
      this.#pump();
    }, healthyMilliseconds);
  }

  #cancelDelay(key: string): void {
    const pending = this.#delayed.get(key);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#delayed.delete(key);
  }
}
