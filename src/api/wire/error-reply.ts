import { message, render } from '../../messages/message.ts';
import type { Language } from '../../messages/text.ts';
import { messageReply, remedyReply } from './message-reply.ts';
import { reportedViolations, type Violation, violationMetadata } from '../../errors/violation.ts';
import type { NautesError } from '../../errors/errors.ts';
import type { Reply } from '../../contract/reply.ts';
import type { ErrorReply, ViolationReply } from '../../contract/schemas/replies.ts';

/** The original's error shape; `metadata` is ours. */
export function errorReply(error: NautesError, requestId: string, language: Language): Reply<typeof ErrorReply> {
  const { remedy, action } = remedyReply(error.action, language);
  const isUnknown = error.reason === 'Internal';
  return {
    code: error.status,
    reason: wireReason(error.reason),
    // What nobody expected is answered in the original's words for it.
    message: render(isUnknown ? message('Internal.original') : error.said, language),
    params: error.said.params,
    ...(action && { action }),
    metadata: { remedy, ...violationMetadata(error.violations, language), ...error.metadata, request_id: requestId },
    ...(error.violations.length > 0 && { violations: violationReplies(error.violations, language) }),
  };
}

function violationReplies(violations: readonly Violation[], language: Language): Reply<typeof ViolationReply>[] {
  return reportedViolations(violations).map(({ field, said, action }) => ({
    field,
    ...messageReply(said, language),
    ...remedyReply(action, language),
  }));
}

/** `ClusterNotFound` -> `CLUSTER_NOT_FOUND`, the form of the original's reasons; `Internal` has a name there already. */
export function wireReason(reason: string): string {
  if (reason === 'Internal') return 'UNKNOWN';
  return reason.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
