import { backoff } from '../base/async/timing.ts';
import { defined } from '../base/defined.ts';
import { asNautesError, NautesError } from '../errors/errors.ts';
import type { Action } from '../messages/action.ts';
import type { Message } from '../messages/text.ts';
import type { ConditionType } from '../resources/condition.ts';
import type { Abandoned } from './outcome.ts';
import { isRunOverdue } from './run-deadline.ts';

/** Why something is as it is, as people and programs are told. */
export interface Explanation {
  /** CamelCase, stable. */
  readonly reason: string;
  readonly message: Message;
  /** What a person can do; absent when nothing needs to be done. */
  readonly action?: Action;
}

/** How a stage ended. Each owns exactly one condition, which this result becomes. */
export type StageResult = Explanation &
  (
    | { readonly outcome: 'done' }
    /** Not done yet and no person needs to do anything: run again after the time. */
    | { readonly outcome: 'wait'; readonly milliseconds: number }
    /** A person must act; tried again after the time all the same, because people act without telling us. */
    | { readonly outcome: 'stalled'; readonly milliseconds: number }
    /**
     * Does not apply here, is left to others, or is nothing that the resource itself depends on: the condition is False
     * and does not count for Ready. Tried again after the time, where there is one.
     */
    | { readonly outcome: 'skipped'; readonly milliseconds?: number }
  );

export interface Stage<Context> {
  readonly condition: ConditionType;
  /** A wait longer than this is a failure that people should see (the stage is tried again all the same). */
  readonly deadlineMilliseconds: number;
  run(context: Context, signal: AbortSignal): Promise<StageResult | Abandoned>;
}

/** How soon a stalled stage is tried again. */
export const STALLED_RETRY_MILLISECONDS = 60_000;
const TRANSIENT_BACKOFF = { initialMilliseconds: 1_000, maximumMilliseconds: 60_000 };

export function done(reason: string, message: Message): StageResult {
  return { outcome: 'done', reason, message };
}

export function wait(reason: string, message: Message, milliseconds: number, action?: Action): StageResult {
  return { outcome: 'wait', reason, message, milliseconds, ...(action && { action }) };
}

export function skipped(reason: string, message: Message, action?: Action, milliseconds?: number): StageResult {
  return { outcome: 'skipped', reason, message, ...(action && { action }), ...defined({ milliseconds }) };
}

export function stalled(error: NautesError): StageResult {
  return { outcome: 'stalled', milliseconds: STALLED_RETRY_MILLISECONDS, ...explain(error) };
}

/** The error as people are told of it. */
export function explain({ reason, said, action }: NautesError): Explanation {
  return { reason, message: said, ...(action && { action }) };
}

export interface RunStageOptions {
  /** How often in a row this has failed before, for the back-off of transient errors. */
  readonly failures: number;
  /** Told of errors that are no NautesErrors: mistakes of ours, to be logged. */
  onUnexpected(error: unknown): void;
}

/**
 * Runs a stage; what it throws becomes a result by what its error says is to be done next. Rejects when the run was
 * aborted for another one, also when the stage has ended all the same: the next run says how it is.
 */
export async function runStage<Context>(
  stage: Stage<Context>,
  context: Context,
  options: RunStageOptions,
  signal: AbortSignal,
): Promise<StageResult | Abandoned> {
  try {
    const result = await stage.run(context, signal);
    if (!isRunOverdue(signal)) signal.throwIfAborted();
    return result;
  } catch (error) {
    if (isRunOverdue(signal)) return resultOfError(asNautesError(signal.reason), options.failures);
    signal.throwIfAborted();
    if (!(error instanceof NautesError)) options.onUnexpected(error);
    return resultOfError(asNautesError(error), options.failures);
  }
}

export function resultOfError(error: NautesError, failures: number): StageResult {
  if (error.next === 'stalled') return stalled(error);
  const milliseconds = error.retryAfterMilliseconds ?? backoff(failures, TRANSIENT_BACKOFF);
  return { outcome: 'wait', milliseconds, ...explain(error) };
}
