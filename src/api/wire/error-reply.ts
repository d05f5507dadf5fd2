import type { NautesError } from '../../base/errors.ts';

/** The original's error shape; `metadata` is ours. */
export interface ErrorReply {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function errorReply(error: NautesError, requestId: string): ErrorReply {
  return {
    code: error.status,
    reason: wireReason(error.reason),
    message: error.message,
    metadata: { remedy: error.remedy, ...error.metadata, request_id: requestId },
  };
}

/** `ClusterNotFound` -> `CLUSTER_NOT_FOUND`, the form of the original's reasons. */
export function wireReason(reason: string): string {
  return reason.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
