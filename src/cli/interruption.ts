/** Ctrl-C, or SIGTERM: what was waited for goes on without us. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

let controller: AbortController | undefined;

/**
 * A signal that the first Ctrl-C aborts with {@link Interrupted}; the second ends the process at once. Nothing is taken
 * over before somebody asks for it.
 */
export function interruption(): AbortSignal {
  if (controller === undefined) {
    const own = new AbortController();
    controller = own;
    const listener = (): void => {
      if (own.signal.aborted) process.exit(130);
      own.abort(new Interrupted());
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener);
  }
  return controller.signal;
}
