/** How the process ends: interrupted by a person, stopped by a signal, or after an uncaught exception. */
import type { Logger } from '../../base/logger.ts';
import type { Terminal } from '../output/terminal.ts';

/** What a shell expects of a program that Ctrl-C ended. */
const INTERRUPTED_CODE = 130;

/** Ctrl-C, SIGTERM or SIGHUP while a command waits; the server carries on with what was asked of it. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

let controller: AbortController | undefined;

/**
 * For commands: a signal that the first Ctrl-C aborts with {@link Interrupted}; the second ends the process at once.
 * The handlers are installed by the first call.
 */
export function interruption(): AbortSignal {
  if (controller === undefined) {
    const own = new AbortController();
    controller = own;
    const listener = (): void => {
      if (own.signal.aborted) process.exit(INTERRUPTED_CODE);
      own.abort(new Interrupted());
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, listener);
  }
  return controller.signal;
}

/**
 * For servers: resolves with the first SIGTERM, SIGINT or SIGHUP. Another SIGTERM or SIGINT ends the process at once; a
 * terminal that closes may send SIGHUP more than once.
 */
export function untilTerminated(onSignal: () => void = () => {}): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const listener = (signal: NodeJS.Signals): void => {
      if (asked && signal === 'SIGHUP') return;
      if (asked) process.exit(INTERRUPTED_CODE);
      asked = true;
      onSignal();
      resolve(signal);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, listener);
  });
}

/** What of `process` {@link untilUncaughtException} uses. */
export interface UncaughtErrorSource {
  exitCode?: number | string | null | undefined;
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (error: unknown) => void): unknown;
}

/**
 * For servers: handles errors that no code catches. An unhandled rejection is one failed operation, and operations are
 * level-based and retried: it is logged, and the work for other clusters continues. After an uncaught exception the
 * code that threw may have left inconsistent state: this resolves, so that the server closes in order, and sets the
 * exit code that makes a supervisor restart it.
 */
export function untilUncaughtException(source: UncaughtErrorSource, logger: Logger): Promise<'exception'> {
  source.on('unhandledRejection', (error) => logger.error({ error }, 'unhandled rejection'));
  return new Promise((resolve) => {
    source.on('uncaughtException', (error) => {
      logger.error({ error }, 'uncaught exception, the server stops');
      source.exitCode = 1;
      resolve('exception');
    });
  });
}

let onLostOutput: ((error: NodeJS.ErrnoException) => void) | undefined;

/**
 * What happens when standard output cannot be written. A command ends: a reader that has seen enough (`| head`) is no
 * failure. A server does what it was given to {@link outliveOutput}.
 */
export function loseOutput(error: NodeJS.ErrnoException, doneCode: number): void {
  if (onLostOutput !== undefined) return onLostOutput(error);
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? doneCode);
  throw error;
}

/** For servers: whoever reads what they print may end before them. It is logged once, if the log is still read. */
export function outliveOutput(logger: Logger, terminal: Terminal): void {
  onLostOutput = (error) => {
    onLostOutput = () => {};
    logger.warn({ error }, 'standard output cannot be written; the server carries on without it');
  };
  terminal.onLost('messages', () => {}); // there is no other place to tell it
}
