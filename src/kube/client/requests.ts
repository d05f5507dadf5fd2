import { NautesError } from '../../errors/errors.ts';
import { apiErrorOf, KubeApiError } from './kube-error.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** Tries of one read, and the pauses between them; what still fails is the caller's. */
const READ_TRIES = 3;
const READ_PAUSE_MILLISECONDS = 100;
const LONGEST_READ_PAUSE_MILLISECONDS = 2_000;
/** The first list of a new custom resource may be refused for a moment. */
const STORAGE_TRIES = 60;
const STORAGE_PAUSE_MILLISECONDS = 25;

/** `?a=b&c=d` of the parameters that have a value, or nothing. */
export function query(parameters: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** @throws KubeApiError for any status but 2xx */
export function throwUnlessSuccess(response: TransportResponse): void {
  if (response.status >= 200 && response.status < 300) return;
  const retryAfter = response.headers['retry-after'];
  throw apiErrorOf(response.status, typeof retryAfter === 'string' ? retryAfter : undefined, response.body);
}

/** How long to wait before a read is tried again, `undefined` when that is of no use. */
export function readPauseAfter(error: unknown, attempt: number): number | undefined {
  if (error instanceof KubeApiError && error.isStorageInitializing) {
    return attempt < STORAGE_TRIES ? STORAGE_PAUSE_MILLISECONDS : undefined; // it says 1 s and is ready much sooner
  }
  const passing = error instanceof KubeApiError ? error.isTransient : isConnectionLost(error);
  const retryAfter = error instanceof NautesError ? (error.retryAfterMilliseconds ?? 0) : 0;
  if (!passing || attempt >= READ_TRIES || retryAfter > LONGEST_READ_PAUSE_MILLISECONDS) return undefined;
  return Math.max(retryAfter, READ_PAUSE_MILLISECONDS * attempt);
}

function isConnectionLost(error: unknown): boolean {
  return error instanceof NautesError && error.reason === 'ClusterConnectionLost';
}
