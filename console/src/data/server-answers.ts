import { paths } from '../../../src/contract/paths.ts';
import { ApiFailure, request } from './api.ts';

/** Between two questions whether the server is back, in milliseconds; doubled up to the longest. */
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 5000;
/** Longest wait for one answer, in milliseconds. */
const PATIENCE = 10_000;

let waiting = 0;
const listeners = new Set<() => void>();

/** Whether a part of the page waits for the server to come back. */
export function isWaitingForServer(): boolean {
  return waiting > 0;
}

/** @returns ends the subscription */
export function onWaitingForServer(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Waits until the server answers requests.
 * @returns whether it had to be waited for; false also when the signal ended the wait
 */
export async function untilServerAnswers(signal?: AbortSignal): Promise<boolean> {
  if (await isAnswering(signal)) return false;
  change(1);
  try {
    for (let wait = SHORTEST_WAIT; ; wait = Math.min(LONGEST_WAIT, 2 * wait)) {
      await pause(wait * (0.75 + Math.random() / 2));
      if (signal?.aborted === true) return false;
      if (await isAnswering(signal)) return true;
    }
  } finally {
    change(-1);
  }
}

async function isAnswering(signal: AbortSignal | undefined): Promise<boolean> {
  const patience = AbortSignal.timeout(PATIENCE);
  try {
    await request<unknown>(paths.session, { signal: signal ? AbortSignal.any([signal, patience]) : patience });
    return true;
  } catch (error) {
    return error instanceof ApiFailure && !isTransient(error);
  }
}

/** Whether the server is away or asks to try again later. */
export function isTransient(error: unknown): boolean {
  return error instanceof ApiFailure && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function change(by: number): void {
  waiting += by;
  for (const listener of listeners) listener();
}
