import { withDeadline } from '../base/async/timing.ts';
import type { ChangeRequest, ChangeResult } from './git-store.ts';

/** Deadline for asking again whether a caller may write. */
const REAUTHORIZE_DEADLINE_MILLISECONDS = 10_000;

/** A request and the promise of its result. */
export interface Pending {
  readonly request: ChangeRequest;
  readonly signal: AbortSignal;
  readonly queuedAt: number;
  /** Only requests of the same key are published together. */
  readonly key: string;
  authorizedAt: number;
  /** Its batch has begun: from now on only the outcome settles it. */
  begun: boolean;
  settled: boolean;
  resolve(result: ChangeResult): void;
  reject(error: unknown): void;
}

/** A request in the queue; an aborted signal rejects it until its batch begins. */
export function pendingChange(
  start: Pick<Pending, 'request' | 'signal' | 'authorizedAt' | 'key'>,
  resolve: (result: ChangeResult) => void,
  reject: (error: unknown) => void,
): Pending {
  const { signal } = start;
  const pending: Pending = {
    ...start,
    queuedAt: performance.now(),
    begun: false,
    settled: false,
    resolve: (result) => settle(() => resolve(result)),
    reject: (error) => settle(() => reject(error)),
  };
  const settle = (answer: () => void): void => {
    if (!pending.settled) answer();
    pending.settled = true;
    signal.removeEventListener('abort', abort);
  };
  const abort = (): void => {
    if (!pending.begun) pending.reject(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  return pending;
}

/** Asks again whether the caller may; rejects the request when not. */
export async function reauthorize(pending: Pending, signal: AbortSignal): Promise<void> {
  const deadline = withDeadline(AbortSignal.any([pending.signal, signal]), REAUTHORIZE_DEADLINE_MILLISECONDS);
  try {
    await pending.request.reauthorize?.(deadline);
    pending.authorizedAt = performance.now();
  } catch (error) {
    pending.reject(error);
  }
}
