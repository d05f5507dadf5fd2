import type { HttpRequest, HttpResponse } from './base/http.ts';

/** A request to a cluster, read-only. */
export interface ObservedRequest {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** Calls the listener with the body once it has been read; never for a request that is answered without. */
  readonly onBody: (listener: (content: Buffer) => void) => void;
}

/**
 * Called for each request.
 * @param cluster index of the cluster, from 1
 */
export type RequestObserver = (cluster: number, observed: ObservedRequest) => void;
