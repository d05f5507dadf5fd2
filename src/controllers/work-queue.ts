/** User actions come before periodic work. */
export type Priority = 'user' | 'background';

/** Keys that keep failing run in a lane of their own, so that waiting for them takes no place from the others. */
export type Lane = 'healthy' | 'suspect';

export interface WorkQueueOptions {
  /** Does the work for a key. Never rejects for a reason that the queue could do something about. */
  run(key: string, signal: AbortSignal): Promise<void>;
  /** Told of a rejection of `run`. */
  onError(key: string, error: unknown): void;
  /** Which lane a key runs in, asked when it is about to start. Default: always `healthy`. */
  lane?(key: string): Lane;
  /** How many keys run at the same time, by lane. */
  readonly concurrency: Readonly<Record<Lane, number>>;
}

interface Delayed {
  readonly timer: NodeJS.Timeout;
  readonly due: number;
}

/**
 * A queue of keys after client-go's work queue: a key that is queued is not queued twice, a key never runs twice at
 * the same time, and a key added while it runs will run once more.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: Readonly<Record<Priority, Set<string>>> = { user: new Set(), background: new Set() };
  readonly #delayed = new Map<string, Delayed>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Map<string, Priority>();
  readonly #active: Record<Lane, number> = { healthy: 0, suspect: 0 };
  readonly #closing = new AbortController();

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Runs the key as soon as there is a place for it. A delay that is pending for it is given up. */
  add(key: string, priority: Priority = 'background'): void {
    if (this.#closing.signal.aborted) return;
    this.#cancelDelay(key);
    if (this.#running.has(key)) {
      this.#again.set(key, this.#again.get(key) === 'user' ? 'user' : priority);
      return;
    }
    if (this.#waiting.user.has(key)) return;
    if (priority === 'user') this.#waiting.background.delete(key);
    this.#waiting[priority].add(key);
    this.#pump();
  }

  /** Runs the key after the delay; the earlier one wins when a delay is pending already. */
  addAfter(key: string, milliseconds: number): void {
    if (this.#closing.signal.aborted) return;
    const due = performance.now() + milliseconds;
    const pending = this.#delayed.get(key);
    if (pending !== undefined && pending.due <= due) return;
    this.#cancelDelay(key);
    const timer = setTimeout(() => this.add(key), milliseconds);
    this.#delayed.set(key, { timer, due });
  }

  /** Keys that wait for a place. */
  get depth(): number {
    return this.#waiting.user.size + this.#waiting.background.size;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Aborts what runs, forgets what waits, and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#waiting.user.clear();
    this.#waiting.background.clear();
    this.#again.clear();
    await Promise.allSettled(this.#running.values());
  }

  #pump(): void {
    for (const priority of ['user', 'background'] as const) {
      for (const key of this.#waiting[priority]) {
        const lane = this.#options.lane?.(key) ?? 'healthy';
        if (this.#active[lane] >= this.#options.concurrency[lane]) {
          if (this.#isFull()) return;
          continue;
        }
        this.#waiting[priority].delete(key);
        this.#start(key, lane);
      }
    }
  }

  #isFull(): boolean {
    const { concurrency } = this.#options;
    return this.#active.healthy >= concurrency.healthy && this.#active.suspect >= concurrency.suspect;
  }

  #start(key: string, lane: Lane): void {
    this.#active[lane] += 1;
    const work = this.#options
      .run(key, this.#closing.signal)
      .catch((error: unknown) => this.#options.onError(key, error))
      .finally(() => {
        this.#active[lane] -= 1;
        this.#running.delete(key);
        const again = this.#again.get(key);
        this.#again.delete(key);
        if (again !== undefined) this.add(key, again);
        this.#pump();
      });
    this.#running.set(key, work);
  }

  #cancelDelay(key: string): void {
    const pending = this.#delayed.get(key);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#delayed.delete(key);
  }
}
