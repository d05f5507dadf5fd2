import { runDeadline } from './run-deadline.ts';
import type { ResourceKey } from '../resources/resource-key.ts';

/** What is kept of a key between its runs. Lost with the process: nothing of it is needed to be right. */
export class KeyRuntime<Memory = unknown> {
  readonly id: string;
  readonly key: ResourceKey;
  /** It has kept a run waiting: its runs are in the lane of their own. */
  isSuspect = false;
  /** Its last run took long: such runs do not take all places of that lane. */
  isLong = false;
  /** What the kind remembers of the resource. */
  memory: Memory | undefined;
  /** A person has asked for a look, and none that began after that has ended yet. */
  isRequested = false;
  #failures = 0;
  #run: AbortController | undefined;

  constructor(id: string, key: ResourceKey) {
    this.id = id;
    this.key = key;
  }

  /** Runs in a row without an answer of what the key stands for, for back-off. */
  get failures(): number {
    return this.#failures;
  }

  /** What failed before says nothing of what comes: it has answered, or stands for something else now. */
  reset(): void {
    this.#failures = 0;
    this.isSuspect = false;
  }

  failed(): void {
    this.#failures += 1;
  }

  /**
   * A run begins; its signal is aborted when the process closes or something else is declared, and with `RunOverdue` after
   * the time.
   */
  begin(closing: AbortSignal, milliseconds: number): { readonly signal: AbortSignal; readonly end: () => void } {
    const run = new AbortController();
    const deadline = runDeadline(milliseconds);
    this.#run = run;
    const end = (): void => {
      deadline.end();
      this.#run = undefined;
    };
    return { signal: AbortSignal.any([closing, run.signal, deadline.signal]), end };
  }

  /** Another process has it now: aborts the run that is under way. */
  abort(): void {
    this.#run?.abort();
  }

  /** Something else is declared: aborts the run that is under way, and resets. */
  supersede(): void {
    this.#run?.abort();
    this.reset();
  }
}
