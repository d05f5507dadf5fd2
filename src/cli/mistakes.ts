import type { Logger } from '../base/logger.ts';

/** What of `process` is used here. */
export interface MistakeSource {
  exitCode?: number | string | null | undefined;
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (error: unknown) => void): unknown;
}

/**
 * Mistakes of ours that reach nobody. A rejection that nobody waits for says that one operation has failed, and all of
 * them are level-based and tried again: it is logged, and one cluster's trouble does not end the work for the others.
 * After an exception the code that threw has left its state half changed: this resolves, so that the server closes in
 * order, and the exit code says that whatever supervises it should start it again.
 */
export function untilMistake(source: MistakeSource, logger: Logger): Promise<'exception'> {
  source.on('unhandledRejection', (error) => logger.error({ error }, 'a failure reached nobody'));
  return new Promise((resolve) => {
    source.on('uncaughtException', (error) => {
      logger.error({ error }, 'an exception reached nobody: the server ends');
      source.exitCode = 1;
      resolve('exception');
    });
  });
}
