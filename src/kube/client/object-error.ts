import { NautesError } from '../../errors/errors.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { action } from '../../messages/action.ts';
import { KubeApiError } from './kube-error.ts';
import { describeReference, type ObjectHead, referenceOf } from '../../kube-objects/kube-object.ts';
import type { Message } from '../../messages/text.ts';
import { removalCommand } from '../../kube-objects/removal-command.ts';
import { applyPhaseOf } from '../../kube-objects/resource-types.ts';

/** Text of the API server that is shown with an object's failure. */
const MAXIMUM_DETAIL_LENGTH = 400;

/** Text of the cluster, fit to be shown: one line, bounded, without control characters. */
export function boundedText(text: string, maximum: number): string {
  // oxlint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  return line.length <= maximum ? line : `${line.slice(0, maximum - 1)}…`;
}

/** What the refusal of a write means for the object; errors that say nothing of the object are given back as they are. */
export function objectErrorOf(error: unknown, reference: ObjectReference): unknown {
  if (!(error instanceof KubeApiError)) return error;
  const { httpStatus, kubernetesReason, peerMessage, causes } = error.failure;
  const object = describeReference(reference);
  const detail = detailOf(error, reference);
  const options = { cause: error };
  if (httpStatus === 401) return error;
  if (causes.some((cause) => cause.reason === 'NamespaceTerminating')) {
    return new NautesError('NamespaceTerminating', { object }, options);
  }
  if (/failed calling webhook/.test(peerMessage)) {
    return new NautesError('ObjectWebhookFailed', { object, detail }, options);
  }
  if (httpStatus === 422 && isImmutable(error)) return immutableError(error, reference);
  if (httpStatus === 403 || /denied (?:the )?request/.test(peerMessage)) {
    return new NautesError('ObjectForbidden', { object, detail }, options);
  }
  if (error.isTransient) return error;
  if (httpStatus === 409) return new NautesError('ObjectChanging', { object }, options);
  if (httpStatus === 500 || (httpStatus >= 400 && httpStatus < 500)) {
    return new NautesError('ObjectInvalid', { object, detail: detail === '' ? kubernetesReason : detail }, options);
  }
  return error;
}

/** The values of a Secret must not get into a message: for one only the names of fields are shown. */
function detailOf(error: KubeApiError, reference: ObjectReference): string {
  const { peerMessage, causes, httpStatus, kubernetesReason } = error.failure;
  if (reference.kind !== 'Secret') return boundedText(peerMessage, MAXIMUM_DETAIL_LENGTH);
  const fields = causes.map((cause) => cause.field).filter((field) => field !== '');
  return boundedText(`${httpStatus} ${kubernetesReason} ${fields.join(', ')}`, MAXIMUM_DETAIL_LENGTH);
}

function isImmutable(error: KubeApiError): boolean {
  const texts = [error.failure.peerMessage, ...error.failure.causes.map((cause) => cause.message)];
  return texts.some((text) =>
    /immutable|updates to .* are forbidden|cannot change roleRef|may not change once set/i.test(text),
  );
}

function immutableError(error: KubeApiError, reference: ObjectReference): NautesError {
  const options = applyPhaseOf(reference) === 'definition' ? { action: action('KeepDefinition') } : {};
  const fields = [...new Set(error.failure.causes.map((cause) => cause.field).filter((field) => field !== ''))];
  return new NautesError(
    'ObjectImmutable',
    {
      object: describeReference(reference),
      fields: fields.length === 0 ? message('ObjectImmutable.unnamed') : verbatim(boundedText(fields.join(', '), 200)),
      command: removalCommand(reference),
    },
    { cause: error, ...options },
  );
}

/** The object is on its way out; what it waits for. */
export function terminatingError(head: ObjectHead, what?: Message): NautesError {
  const finalizers = head.metadata.finalizers ?? [];
  const waits =
    finalizers.length === 0 ? message('Terminating.underWay') : message('FinalizersRemaining', { finalizers });
  return new NautesError('ObjectTerminating', { object: describeReference(referenceOf(head)), what: what ?? waits });
}

/** Errors that end the run: they say nothing of one object but of the cluster or of the caller. */
export function endsRun(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted || !(error instanceof NautesError)) return true;
  if (error instanceof KubeApiError) return error.httpStatus === 401;
  return error.reason.startsWith('Cluster') || error.reason === 'Internal';
}
