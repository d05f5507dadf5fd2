import type { WaitingCallers } from '../base/async/waiting-callers.ts';

/** Runs that are under way beside callers who wait, in the healthy lane. */
export const RUNS_BESIDE_CALLERS = 2;
/** A run that takes longer is not counted any more: one that hangs keeps nobody from starting. Milliseconds. */
export const COUNTED_BESIDE_CALLERS_MILLISECONDS = 3_000;

/**
 * Lets runs start a few at a time while callers of the API wait for clusters, and the processor: many runs at once take all
 * of it, and every step of a save would wait for each of them. The runs lose nothing by it: they are done after the saves
 * instead of at the same time.
 */
export class GivingWay {
  readonly #callers: WaitingCallers;
  readonly #milliseconds: number;
  readonly #onChange: () => void;
  readonly #stopListening: () => void;
  /** Each run to when it began. */
  readonly #running = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange told when more may start than before */
  constructor(callers: WaitingCallers, onChange: () => void, milliseconds = COUNTED_BESIDE_CALLERS_MILLISECONDS) {
    this.#callers = callers;
    this.#onChange = onChange;
    this.#milliseconds = milliseconds;
    this.#stopListening = callers.onEmpty(onChange);
  }

  /** Whether a run may start now; when not, `onChange` is told as soon as one may. */
  mayStart(): boolean {
    if (this.#callers.isEmpty) return true;
    const since = performance.now() - this.#milliseconds;
    const counted = [...this.#running.values()].filter((began) => began > since);
    if (counted.length < RUNS_BESIDE_CALLERS) return true;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#onChange();
      },
      Math.min(...counted) - since,
    ).unref();
    return false;
  }

  started(key: string): void {
    this.#running.set(key, performance.now());
  }

  ended(key: string): void {
    this.#running.delete(key);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
  }
}
