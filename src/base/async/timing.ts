import { setTimeout as delay } from 'node:timers/promises';

/** Waits; rejects with the signal's reason when it aborts. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
}

/** A signal that aborts with the given one, or after the deadline with a `TimeoutError`. */
export function withDeadline(signal: AbortSignal | undefined, milliseconds: number): AbortSignal {
  const deadline = AbortSignal.timeout(milliseconds);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}

/** The promise's result, or the signal's reason as soon as it aborts; the underlying work is not cancelled. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted)
    abort(); // the race still handles the promise: a later rejection is not an unhandled one
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

export interface BackoffOptions {
  readonly initialMilliseconds: number;
  readonly maximumMilliseconds: number;
  /** Source of random numbers in [0, 1); replaced in seeded tests. */
  readonly random?: () => number;
}

/** Exponential back-off with jitter on its upper half: attempt 0 waits about the initial time. */
export function backoff(attempt: number, options: BackoffOptions): number {
  const ceiling = Math.min(options.maximumMilliseconds, options.initialMilliseconds * 2 ** Math.min(attempt, 30));
  const random = options.random ?? Math.random;
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
