import { defined } from '../base/defined.ts';
import type { Message } from '../messages/text.ts';
import type { Said } from '../messages/from-json.ts';
import type { Action } from '../messages/action.ts';
import type { Abandoned } from './outcome.ts';
import { asNautesError, NautesError } from '../errors/errors.ts';
import { backoff } from '../base/async/timing.ts';
import type { ConditionType } from '../resources/status.ts';

/** How a stage ended. Each owns exactly one condition, which this result becomes. */
export type StageResult =
  | { readonly outcome: 'done'; readonly reason: string; readonly message: Said }
  /** Not done yet and nobody needs to do anything: look again after the time. */
  | {
      readonly outcome: 'wait';
      readonly reason: string;
      readonly message: Said;
      readonly remedy?: Action | string;
      readonly milliseconds: number;
    }
  /** A person must act; tried again after the time all the same, because people act without telling us. */
  | {
      readonly outcome: 'stalled';
      readonly reason: string;
      readonly message: Said;
      readonly remedy?: Action | string;
      readonly milliseconds: number;
    }
  /** Does not apply here, or is left to others: the condition is False and does not count for Ready. */
  | { readonly outcome: 'skipped'; readonly reason: string; readonly message: Said; readonly remedy?: Action | string };

export interface Stage<Context> {
  readonly condition: ConditionType;
  /** A wait longer than this is a failure that people should see (it goes on all the same). */
  readonly deadlineMilliseconds: number;
  run(context: Context, signal: AbortSignal): Promise<StageResult | Abandoned>;
}

/** How soon a stalled stage is looked at again. */
export const STALLED_RETRY_MILLISECONDS = 60_000;
const TRANSIENT_BACKOFF = { initialMilliseconds: 1_000, maximumMilliseconds: 60_000 };

export function done(reason: string, message: Said): StageResult {
  return { outcome: 'done', reason, message };
}

export function wait(reason: string, message: Said, milliseconds: number, remedy?: Action | string): StageResult {
  return { outcome: 'wait', reason, message, ...defined({ remedy }), milliseconds };
}

export function stalled(error: NautesError): StageResult {
  return { outcome: 'stalled', ...saidBy(error), milliseconds: STALLED_RETRY_MILLISECONDS };
}

export interface RunStageOptions {
  /** How often in a row this has failed before, for the back-off of transient errors. */
  readonly failures: number;
  /** Told of errors that are no NautesErrors: mistakes of ours, to be logged. */
  onUnexpected(error: unknown): void;
}

/** Runs a stage; what it throws becomes a result by what its error says is to be done next. */
export async function runStage<Context>(
  stage: Stage<Context>,
  context: Context,
  options: RunStageOptions,
  signal: AbortSignal,
): Promise<StageResult | Abandoned> {
  try {
    return await stage.run(context, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NautesError)) options.onUnexpected(error);
    return resultOfError(asNautesError(error), options.failures);
  }
}

export function resultOfError(error: NautesError, failures: number): StageResult {
  if (error.next === 'stalled') return stalled(error);
  const milliseconds = error.retryAfterMilliseconds ?? backoff(failures, TRANSIENT_BACKOFF);
  return { outcome: 'wait', ...saidBy(error), milliseconds };
}

function saidBy({ reason, said, action }: NautesError): { reason: string; message: Message; remedy?: Action } {
  return { reason, message: said, ...defined({ remedy: action }) };
}
