import { defined } from '../../base/defined.ts';
import { boundedDelay, givenDelay } from '../../base/network/retry-after.ts';
import { NautesError } from '../../errors/errors.ts';
import { isRecord, listAt, numberAt, textAt } from '../../kube-objects/kube-object.ts';

/** One cause of a Status object, e.g. a field and what is wrong with it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** What an API server said about a request that failed. */
export interface ApiFailure {
  readonly httpStatus: number;
  /** `reason` of the Status object, empty when there is none. */
  readonly kubernetesReason: string;
  /** Text of the peer: for decisions and for objects on clusters that are registered, never for a preflight's answer. */
  readonly peerMessage: string;
  readonly causes: readonly StatusCause[];
  readonly retryAfterMilliseconds: number | undefined;
  /** False when the answer was no Status object: a 404 like that means that the path is not served (yet). */
  readonly isStatus: boolean;
}

/** Text of a peer that is kept for decisions; more is cut off. */
const MAXIMUM_PEER_MESSAGE = 2000;

type KubeApiReason =
  | 'ClusterUnauthorized'
  | 'ClusterForbidden'
  | 'ClusterThrottled'
  | 'ClusterServerError'
  | 'ClusterRequestRefused';

/**
 * An HTTP answer other than success. Its own message holds nothing of the peer but the status and Kubernetes' `reason`,
 * so that it may be shown to anybody; the rest is in {@link KubeApiError.failure}.
 */
export class KubeApiError extends NautesError<KubeApiReason> {
  readonly #failure: ApiFailure;

  constructor(failure: ApiFailure) {
    const { retryAfterMilliseconds } = failure;
    const options = defined({ retryAfterMilliseconds });
    super(reasonOf(failure), { status: failure.httpStatus, reason: failure.kubernetesReason }, options);
    this.name = 'KubeApiError';
    this.#failure = failure;
  }

  get failure(): ApiFailure {
    return this.#failure;
  }

  get httpStatus(): number {
    return this.#failure.httpStatus;
  }

  /** The object is not there (and its kind is served). */
  get isNotFound(): boolean {
    return this.httpStatus === 404 && this.#failure.isStatus;
  }

  /** The path is not known to the server: the kind is not served, or not yet. */
  get isNotServed(): boolean {
    return this.httpStatus === 404 && !this.#failure.isStatus;
  }

  /** The version that was asked for is no longer kept: a watch must begin again with a list. */
  get isExpired(): boolean {
    return this.httpStatus === 410;
  }

  /** 409 of server-side apply without force: somebody else owns a field. */
  get isFieldConflict(): boolean {
    return this.httpStatus === 409 && this.#failure.causes.some((cause) => cause.reason === 'FieldManagerConflict');
  }

  /** Kubernetes 1.36: the first list of a new custom resource; a retry after 10 ms works. */
  get isStorageInitializing(): boolean {
    return this.httpStatus === 429 && this.#failure.peerMessage.includes('initializing');
  }

  /** Worth trying again with the same request. A 500 without a reason is a permanent error (e.g. an unknown field). */
  get isTransient(): boolean {
    if (this.httpStatus === 500) return this.#failure.kubernetesReason !== '' || !this.#failure.isStatus;
    return this.httpStatus === 429 || this.httpStatus > 500 || this.httpStatus === 408;
  }
}

function reasonOf({ httpStatus }: ApiFailure): KubeApiReason {
  if (httpStatus === 401) return 'ClusterUnauthorized';
  if (httpStatus === 403) return 'ClusterForbidden';
  if (httpStatus === 429) return 'ClusterThrottled';
  return httpStatus >= 500 ? 'ClusterServerError' : 'ClusterRequestRefused';
}

/** Builds the error of an answer from its status, headers and body text. */
export function apiErrorOf(httpStatus: number, retryAfter: string | undefined, body: string): KubeApiError {
  const status = parseStatus(body);
  return new KubeApiError({
    httpStatus,
    kubernetesReason: kubernetesReasonOf(status),
    peerMessage: (status === undefined ? body : textAt(status, 'message')).slice(0, MAXIMUM_PEER_MESSAGE),
    causes: causesOf(status),
    retryAfterMilliseconds: retryAfterOf(retryAfter, status),
    isStatus: status !== undefined,
  });
}

function parseStatus(body: string): Readonly<Record<string, unknown>> | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) && value['kind'] === 'Status' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Only a word: a peer could put anything there. */
function kubernetesReasonOf(status: unknown): string {
  const reason = textAt(status, 'reason');
  return /^[A-Za-z]{1,60}$/.test(reason) ? reason : '';
}

function causesOf(status: unknown): StatusCause[] {
  return listAt(status, 'details', 'causes')
    .slice(0, 50)
    .map((cause) => ({
      reason: textAt(cause, 'reason'),
      message: textAt(cause, 'message').slice(0, MAXIMUM_PEER_MESSAGE),
      field: textAt(cause, 'field').slice(0, 300),
    }));
}

function retryAfterOf(header: string | undefined, status: unknown): number | undefined {
  if (header !== undefined) return givenDelay(header);
  const seconds = numberAt(status, 'details', 'retryAfterSeconds');
  return seconds === undefined || !Number.isFinite(seconds) || seconds < 0 ? undefined : boundedDelay(seconds * 1000);
}

/** True when the error says that an object is not there. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.isNotFound;
}

/** True when another try with the same request may succeed soon. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubeApiError) return error.isTransient;
  return error instanceof NautesError && error.next === 'transient' && error.reason !== 'Internal';
}
