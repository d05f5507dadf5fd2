import { NautesError } from '../errors/errors.ts';
import { KubeApiError } from '../kube/index.ts';
import { describeReference, type ObjectHead, referenceOf } from '../kube-objects/kube-object.ts';
import { quoted } from '../messages/message.ts';
import type { ObjectReference } from '../resources/object-reference.ts';

/** Words of the management cluster that are shown; more is cut off. */
const MAXIMUM_DETAIL_LENGTH = 400;

/**
 * The answer of the management cluster. What goes wrong there is said of it: the errors of its client would be taken for
 * those of the cluster that is published.
 * @param about the object that was written
 * @throws NautesError `ManagementUnavailable`, `PublicationForeign`, `PublicationForbidden`, `PublicationKindMissing`,
 *   `PublicationNamespaceMissing`, `PublicationRefused`
 */
export async function inPlace<T>(
  answer: Promise<T>,
  signal: AbortSignal,
  about?: ObjectHead | ObjectReference,
): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    signal.throwIfAborted();
    throw placeError(error, about === undefined || !('metadata' in about) ? about : referenceOf(about));
  }
}

/** True when an admission policy or webhook has refused the request, and not the rights of the caller. */
export function isRefusedByPolicy({ failure }: KubeApiError): boolean {
  return failure.httpStatus === 403 && /ValidatingAdmissionPolicy|denied (?:the )?request/.test(failure.peerMessage);
}

function placeError(error: unknown, about: ObjectReference | undefined): unknown {
  if (!(error instanceof NautesError) || error.reason === 'Internal') return error;
  if (!error.reason.startsWith('Cluster')) return error;
  const cause = { cause: error };
  if (!(error instanceof KubeApiError) || error.isTransient || error.httpStatus === 401) {
    return new NautesError('ManagementUnavailable', { problem: error.said }, cause);
  }
  return refusalOf(error, about);
}

/** Why the management cluster refuses the request. */
function refusalOf(error: KubeApiError, about: ObjectReference | undefined): NautesError {
  const cause = { cause: error };
  const object = about === undefined ? '' : describeReference(about);
  if (about !== undefined && (error.isFieldConflict || isRefusedByPolicy(error))) {
    return new NautesError('PublicationForeign', { object }, cause);
  }
  const detail = quoted(detailOf(error, about));
  if (error.httpStatus === 403) return new NautesError('PublicationForbidden', { problem: detail }, cause);
  if (error.isNotServed && about !== undefined) {
    const { kind, apiVersion } = about;
    return new NautesError('PublicationKindMissing', { kind, apiVersion }, cause);
  }
  if (error.isNotFound && about !== undefined && about.namespace !== '') {
    return new NautesError('PublicationNamespaceMissing', { namespace: about.namespace }, cause);
  }
  return new NautesError('PublicationRefused', { object, problem: detail }, cause);
}

/** What is wrong with a Secret may name its values: only fields are shown then. */
function detailOf({ failure }: KubeApiError, about: ObjectReference | undefined): string {
  const fields = failure.causes.map(({ field }) => field).filter((field) => field !== '');
  const isSecret = about?.kind === 'Secret' && failure.httpStatus !== 403;
  const text = isSecret
    ? `${failure.httpStatus} ${failure.kubernetesReason} ${fields.join(', ')}`
    : failure.peerMessage;
  return text.replace(/\s+/g, ' ').trim().slice(0, MAXIMUM_DETAIL_LENGTH);
}
