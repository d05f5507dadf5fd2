import type { Logger } from '../../base/logger.ts';

/** Closes the parts in reverse order. A part that fails to close is logged, and the others are still closed. */
export async function closeAll(opened: AsyncDisposableStack, logger: Logger): Promise<void> {
  try {
    await opened.disposeAsync();
  } catch (failure) {
    for (const error of suppressedErrors(failure)) logger.error({ error }, 'a part did not close cleanly');
  }
}

/** The errors of a disposal, in the order in which they occurred. */
function suppressedErrors(failure: unknown): unknown[] {
  if (!(failure instanceof SuppressedError)) return [failure];
  return [...suppressedErrors(failure.suppressed), failure.error];
}
