import { NautesError } from '../errors/errors.ts';
import { ApiRefusal } from './api-refusal.ts';

/** Failures after the request may have reached the server; with the others it was not sent, or not understood. */
const MAY_HAVE_ARRIVED: ReadonlySet<string> = new Set([
  'ServerUnreachable',
  'ServerAnswersLate',
  'ServerAnswerUnclear',
  'ServerReplyInvalid',
]);

/** Whether the server may have carried out what failed so: it broke off, or no answer of it came. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof ApiRefusal) return error.status >= 500;
  return !(error instanceof NautesError) || MAY_HAVE_ARRIVED.has(error.reason);
}
