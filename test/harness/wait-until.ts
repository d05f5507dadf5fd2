import { setTimeout as delay } from 'node:timers/promises';

/** Enough for a real control plane on a busy machine. */
export const PATIENCE_MILLISECONDS = 120_000;

/**
 * Asks again and again until the answer is neither false nor undefined; fails with what was waited for, and with what
 * there is instead where a function tells it.
 */
export async function waitUntil<T>(
  what: string | (() => string),
  look: () => Promise<T | false | undefined>,
  milliseconds = PATIENCE_MILLISECONDS,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`in vain: ${typeof what === 'string' ? what : what()}`);
    await delay(100);
  }
}

/** Waits until there is a result. */
export async function eventually<T>(
  look: () => Promise<T | undefined>,
  problem: () => string,
  milliseconds = PATIENCE_MILLISECONDS,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(problem());
    await delay(25);
  }
}
