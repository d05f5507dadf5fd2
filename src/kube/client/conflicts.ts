import { sleep } from '../../base/async/timing.ts';
import { isNotFound, KubeApiError } from './kube-error.ts';

/** Tries of a change that other writers make too; each try reads again. */
const TRIES = 10;
const PAUSE_MILLISECONDS = 20;

/** True when another writer was faster: the object is not as it was read, or it is there already. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus === 409;
}

/** A conflict, or an object that was to be written as it was read and has gone. */
export function isOutdated(error: unknown): boolean {
  return isConflict(error) || isNotFound(error);
}

/**
 * Runs a change that reads, decides and writes with the resourceVersion it has read, again from the start when the object
 * has changed or gone meanwhile. What still conflicts after some tries is thrown.
 */
export async function retryingConflicts<T>(change: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await change();
    } catch (error) {
      if (!isOutdated(error) || attempt >= TRIES) throw error;
      await sleep(Math.random() * PAUSE_MILLISECONDS * attempt, signal);
    }
  }
}
