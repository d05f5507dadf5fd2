import type { FastifyRequest } from 'fastify';
import { defined } from '../base/defined.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import { describedPath } from './http/route.ts';
import { requestCount, requestDuration } from './metrics.ts';

/** What may be the name of a cluster. */
const LOGGED_NAME = /^[a-z0-9-]{1,63}$/;

/** Tells the log that a request was answered. */
export function logRequest(logger: Logger, request: FastifyRequest, status: number, milliseconds: number): void {
  const fields = {
    requestId: request.id,
    caller: request.call?.caller,
    method: request.method,
    route: request.routeOptions.url ?? '',
    ...defined({ cluster: clusterOf(request), reason: request.failure }),
    status,
    milliseconds: Math.round(milliseconds),
  };
  if (request.method === 'GET') logger.debug(fields, 'request');
  else logger.info(fields, 'request');
}

/** The cluster that a path names; what cannot be a name stays out of the log. */
function clusterOf({ params }: FastifyRequest): string | undefined {
  const { cluster_name: name } = (params ?? {}) as { readonly cluster_name?: unknown };
  return typeof name === 'string' && LOGGED_NAME.test(name) ? name : undefined;
}

/** Counts a request that was answered. Paths that are not served are counted together. */
export function countRequest(metrics: Metrics, request: FastifyRequest, status: number, milliseconds: number): void {
  const { url } = request.routeOptions;
  const labels = { method: url === undefined ? 'any' : request.method, route: describedPath(url ?? 'unknown') };
  metrics.add(requestCount, { ...labels, status: String(status) });
  if (request.call?.isStream === true) return;
  metrics.observe(requestDuration, milliseconds / 1000, labels);
}
