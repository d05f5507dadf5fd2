import { type ErrorReason, errorCatalogue, type NextStep } from './catalogue.ts';

/** Values that fill the placeholders of a catalogue entry; never secrets, never bytes of a peer. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

export interface NautesErrorOptions {
  /** The error that led here; kept for logs, never shown to callers. */
  readonly cause?: unknown;
  /** Further facts as strings, e.g. one entry a violation. Shown to callers. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** For `waiting` errors: when it is worth trying again, in milliseconds. */
  readonly retryAfterMilliseconds?: number;
}

/**
 * Every failure that a person or another program gets to see.
 * What it means (status, message, remedy, what to do next) stands in the catalogue under its reason.
 */
export class NautesError extends Error {
  readonly reason: ErrorReason;
  /** HTTP status when this reaches an API caller. */
  readonly status: number;
  readonly next: NextStep;
  /** What the reader can do about it, one sentence. */
  readonly remedy: string;
  readonly details: ErrorDetails;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMilliseconds: number | undefined;

  constructor(reason: ErrorReason, details: ErrorDetails = {}, options: NautesErrorOptions = {}) {
    const entry = errorCatalogue[reason];
    super(fillTemplate(entry.message, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NautesError';
    this.reason = reason;
    this.status = entry.status;
    this.next = entry.next;
    this.remedy = fillTemplate(entry.remedy, details);
    this.details = details;
    this.metadata = options.metadata ?? {};
    this.retryAfterMilliseconds = options.retryAfterMilliseconds;
  }
}

/** Replaces `{name}` by the detail of that name; a placeholder without a detail stays visible. */
function fillTemplate(template: string, details: ErrorDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}

/** The error as ours: anything unknown becomes `Internal` with the original as its cause. */
export function asNautesError(error: unknown): NautesError {
  return error instanceof NautesError ? error : new NautesError('Internal', {}, { cause: error });
}

/** True for the rejection that an aborted signal causes. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}
