import { defined } from '../base/defined.ts';
import type { Reply } from '../contract/reply.ts';
import type { ErrorReply } from '../contract/schemas/replies.ts';
import { givenDelay } from '../base/network/retry-after.ts';
import type { Answer } from './transport.ts';
import { NautesError } from '../errors/errors.ts';

/** One violation of a request, as the server reports it. */
export interface Violation {
  /** A field on the wire, or the reason of a finding. */
  readonly subject: string;
  readonly text: string;
  /** What to do, in the words of the API; absent where the text says it. */
  readonly remedy?: string;
  readonly action?: ActionView;
}

/** What to do, as data. */
export type ActionView = NonNullable<Reply<typeof ErrorReply>['action']>;

/** Keys of the metadata that are not violations. */
type ViolationView = NonNullable<Reply<typeof ErrorReply>['violations']>[number];

const ABOUT_THE_ANSWER = ['remedy', 'request_id'];
/** Of an error: more of them are not shown. */
const MAXIMUM_VIOLATIONS = 100;

/** An error response of the API. Its meaning is the reason, which is stable. */
export class ApiRefusal extends Error {
  readonly status: number;
  /** In capitals, e.g. `CLUSTER_NOT_FOUND`. */
  readonly reason: string;
  /** The remedy; can be empty. */
  readonly remedy: string;
  readonly action: ActionView | undefined;
  readonly requestId: string;
  /** All violations, not only the first. */
  readonly violations: readonly Violation[];
  /** When to retry, in seconds, if the server says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor({ code, reason, message, metadata, action, violations }: Reply<typeof ErrorReply>, answer: Answer) {
    super(message);
    this.name = 'ApiRefusal';
    this.status = answer.status;
    this.reason = reason;
    this.remedy = metadata['remedy'] ?? '';
    this.action = action;
    this.requestId = metadata['request_id'] ?? answer.headers['x-request-id'] ?? '';
    this.violations = violations?.map(violationOf) ?? violationsIn(metadata);
    const wait = givenDelay(answer.headers['retry-after']);
    this.retryAfterSeconds = wait === undefined ? undefined : Math.ceil(wait / 1000);
    if (code !== answer.status) this.cause = new Error(`the body speaks of ${code}`);
  }
}

function violationOf({ field: subject, message: text, remedy, action }: ViolationView): Violation {
  return { subject, text, ...defined({ remedy, action }) };
}

/** As servers report them that have no list of violations: one entry a field, message and remedy in one. */
function violationsIn(metadata: Readonly<Record<string, string>>): readonly Violation[] {
  return Object.entries(metadata)
    .filter(([subject]) => !ABOUT_THE_ANSWER.includes(subject))
    .map(([subject, text]) => ({ subject, text }));
}

/** The API's error shape in the answer, if it has it. */
export function readErrorReply(answer: Answer): Reply<typeof ErrorReply> | undefined {
  const content = parsed(answer.text);
  if (typeof content !== 'object' || content === null) return undefined;
  const { code, reason, message, metadata, action, violations } = content as Record<string, unknown>;
  if (typeof code !== 'number' || typeof reason !== 'string' || typeof message !== 'string') return undefined;
  const entries = typeof metadata === 'object' && metadata !== null ? Object.entries(metadata) : [];
  const texts = entries.slice(0, MAXIMUM_VIOLATIONS).flatMap(([key, value]) => metadataEntry(key, value));
  return {
    code,
    reason,
    message,
    metadata: Object.fromEntries(texts),
    ...defined({ action: readAction(action) }),
    ...(Array.isArray(violations)
      ? { violations: violations.slice(0, MAXIMUM_VIOLATIONS).flatMap(readViolation) }
      : {}),
  };
}

function metadataEntry(key: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[key, value]];
  return typeof value === 'number' || typeof value === 'boolean' ? [[key, String(value)]] : [];
}

/** Anything that is not an action is left out: an error is shown whatever else its reply holds. */
function readAction(value: unknown): ActionView | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, params } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof params !== 'object' || params === null) return undefined;
  return { id, params: { ...params } };
}

function readViolation(value: unknown): readonly ViolationView[] {
  if (typeof value !== 'object' || value === null) return [];
  const { field, message, remedy, action } = value as Record<string, unknown>;
  if (typeof field !== 'string' || typeof message !== 'string') return [];
  return [
    { field, message, remedy: typeof remedy === 'string' ? remedy : '', ...defined({ action: readAction(action) }) },
  ];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Failures after the request may have reached the server; with others it was not sent or not understood. */
const MAY_HAVE_ARRIVED: ReadonlySet<string> = new Set([
  'ServerUnreachable',
  'ServerAnswersLate',
  'ServerAnswerUnclear',
  'ServerReplyInvalid',
]);

/** Whether the server may have carried out the request although it failed: the connection broke or no answer came. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (error instanceof ApiRefusal) return error.status >= 500;
  return !(error instanceof NautesError) || MAY_HAVE_ARRIVED.has(error.reason);
}
