/**
 * Lets many callers share runs of an operation that covers everything done before it started, such as fsync.
 * A caller gets the result of a run that starts after its call: at most one runs and one waits for each key.
 */
export class Coalescer {
  readonly #operation: (key: string) => Promise<void>;
  readonly #running = new Map<string, Run>();

  constructor(operation: (key: string) => Promise<void>) {
    this.#operation = operation;
  }

  run(key: string): Promise<void> {
    const current = this.#running.get(key);
    if (current === undefined) return this.#start(key);
    current.next ??= current.done.then(
      () => this.#start(key),
      () => this.#start(key),
    );
    return current.next;
  }

  #start(key: string): Promise<void> {
    const done = this.#operation(key);
    const run: Run = { done, next: undefined };
    this.#running.set(key, run);
    const finished = (): void => {
      if (run.next === undefined) this.#running.delete(key);
    };
    done.then(finished, finished);
    return done;
  }
}

interface Run {
  readonly done: Promise<void>;
  next: Promise<void> | undefined;
}
