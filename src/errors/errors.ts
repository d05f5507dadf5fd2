import { type Action, actionAbout, type ActionPlaceholder, renderAction } from '../messages/action.ts';
import type { ActionId } from '../messages/actions/index.ts';
import type { NextStep } from '../messages/error-text.ts';
import { errorCatalogue, type ErrorReason } from '../messages/errors/index.ts';
import { messageAbout, quoted, render, type PlaceholderOf } from '../messages/message.ts';
import type { Message, ParamArguments } from '../messages/text.ts';
import type { Violation } from './violation.ts';

export interface NautesErrorOptions {
  /** The error that led here; kept for logs, never shown to callers. */
  readonly cause?: unknown;
  /** Further facts as strings, e.g. one entry a violation. Shown to callers. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Everything that is wrong with the request. */
  readonly violations?: readonly Violation[];
  /** For `waiting` errors: when it is worth trying again, in milliseconds. */
  readonly retryAfterMilliseconds?: number;
  /** What the reader can do, where the catalogue leaves that to the case. */
  readonly action?: Action;
}

type ActionOf<R extends ErrorReason> = (typeof errorCatalogue)[R] extends { readonly action: infer A extends ActionId }
  ? ActionPlaceholder<A>
  : never;

/** What fills the placeholders of an error: those of its text and of what to do about it. Never secrets. */
type DetailArguments<R extends ErrorReason> = ParamArguments<
  PlaceholderOf<R> | (R extends ErrorReason ? ActionOf<R> : never),
  [options?: NautesErrorOptions]
>;

/**
 * Every failure that a person or another program gets to see.
 * What it means (status, text, what to do about it) stands in the catalogue under its reason: `messages/errors`.
 */
export class NautesError<R extends ErrorReason = ErrorReason> extends Error {
  readonly reason: ErrorReason;
  /** HTTP status when this reaches an API caller. */
  readonly status: number;
  readonly next: NextStep;
  /** The error as data, in every language; `message` is its English text, for logs. */
  readonly said: Message;
  /** What the reader can do about it. */
  readonly action: Action | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  readonly retryAfterMilliseconds: number | undefined;

  constructor(reason: R, ...[details, options = {}]: DetailArguments<R>) {
    const entry: { readonly status: number; readonly next: NextStep; readonly action?: ActionId } =
      errorCatalogue[reason];
    const said = messageAbout(reason, details ?? {});
    super(render(said, 'en'), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NautesError';
    this.reason = reason;
    this.status = entry.status;
    this.next = entry.next;
    this.said = said;
    this.action = options.action ?? (entry.action === undefined ? undefined : actionAbout(entry.action, details ?? {}));
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
    this.retryAfterMilliseconds = options.retryAfterMilliseconds;
  }

  /** What the reader can do about it, in the words of the API; empty when nothing is known. */
  get remedy(): string {
    return this.action === undefined ? '' : (renderAction(this.action, 'api', 'en') ?? '');
  }
}

/** The error as ours: anything unknown becomes `Internal` with the original as its cause. */
export function asNautesError(error: unknown): NautesError {
  return error instanceof NautesError ? error : new NautesError('Internal', {}, { cause: error });
}

/** True for the reasons of errors, of which there is a limited number. */
export function isErrorReason(reason: string): reason is ErrorReason {
  return Object.hasOwn(errorCatalogue, reason);
}

/** What an error says: ours in every language, another's words as they are. */
export function saidBy(error: unknown): Message {
  if (error instanceof NautesError) return error.said;
  return quoted(error instanceof Error ? error.message : String(error));
}

/** True for the rejection that an aborted signal causes. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
