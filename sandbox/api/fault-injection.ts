import type { ClusterState } from '../cluster/cluster-state.ts';
import type { Fault } from '../cluster/faults.ts';
import { StatusError } from '../base/status-error.ts';
import type { HttpRequest, HttpResponse } from '../base/http.ts';

const REASONS: Readonly<Record<number, readonly [string, string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden: the sandbox was told to refuse this request'],
  429: ['TooManyRequests', 'the server has received too many requests and has asked us to try again later'],
  500: ['InternalError', 'Internal error occurred: the sandbox was told to fail this request'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'the server was unable to return a response in the time allotted'],
};

/**
 * Applies the injected faults to a request. False: the connection was reset, no response is possible.
 * @throws StatusError the answer that a fault demands
 */
export async function injectFaults(
  cluster: ClusterState,
  method: string,
  target: string,
  request: HttpRequest,
  response: HttpResponse,
): Promise<boolean> {
  const met = cluster.faults.forRequest(method, target);
  for (const fault of met) {
    if (fault.kind === 'slow') await wait(cluster, fault.milliseconds);
    if (fault.kind === 'reset' && fault.done === true) {
      resetInstead(request, response);
      continue;
    }
    if (fault.kind === 'reset') {
      reset(request, response);
      return false;
    }
    if (fault.kind === 'status') throw statusOf(fault);
  }
  return true;
}

function wait(cluster: ClusterState, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    cluster.timers.schedule(milliseconds, resolve);
  });
}

function reset(request: HttpRequest, response: HttpResponse): void {
  if ('stream' in request) request.stream.session?.destroy();
  else response.destroy();
}

/** The request goes through; its answer does not get out. */
function resetInstead(request: HttpRequest, response: HttpResponse): void {
  const lost = (): HttpResponse => {
    reset(request, response);
    return response;
  };
  Object.defineProperty(response, 'end', { value: lost });
}

function statusOf(fault: Fault & { readonly kind: 'status' }): StatusError {
  const [reason, usual] = REASONS[fault.code] ?? ['Unknown', 'the sandbox was told to fail this request'];
  const message = fault.message ?? usual;
  const seconds = fault.retryAfterSeconds ?? (fault.code === 429 ? 1 : undefined);
  return new StatusError(
    fault.code,
    message,
    seconds === undefined ? { reason } : { reason, retryAfterSeconds: seconds },
  );
}
