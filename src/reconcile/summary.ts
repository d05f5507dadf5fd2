import type { Action } from '../messages/action.ts';
import { actionFromJson, messageFromJson } from '../messages/from-json.ts';
import { message, verbatim } from '../messages/message.ts';
import { timestamp } from '../base/clock.ts';
import type { NautesError } from '../errors/errors.ts';
import type { ClusterPhase, Condition, ConditionType } from '../resources/status.ts';
import type { Stage, StageResult } from './stage.ts';

/** A stage's result beside the stage it is of. */
export interface StageOutcome {
  readonly condition: ConditionType;
  readonly deadlineMilliseconds: number;
  readonly result: StageResult;
}

export interface SummaryContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True once every stage that will run has run; before that the other conditions stay as they were. */
  readonly isComplete: boolean;
  /** True when the cluster was Ready or Degraded as the run began, whatever state of the file that was about. */
  readonly hadBeenReady: boolean;
  /** True when this state of the file was not looked at before this run. */
  readonly isNewGeneration: boolean;
}

export interface Summary {
  readonly phase: ClusterPhase;
  readonly conditions: readonly Condition[];
}

type StageCondition = Pick<Stage<never>, 'condition'>;
type ConditionDraft = Omit<Condition, 'lastTransitionTime'>;

/**
 * What the results of the stages say of the cluster as a whole. The only place where `Ready` and the phase are made.
 * @param stages all stages of this cluster in order
 * @param outcomes of the stages that have run
 * @param previous the conditions before, for the times of transitions and for what is not known anew yet
 */
export function summarize(
  stages: readonly StageCondition[],
  outcomes: readonly StageOutcome[],
  previous: Summary | undefined,
  context: SummaryContext,
): Summary {
  const byType = new Map(outcomes.map((outcome) => [outcome.condition, outcome]));
  const blocking = outcomes.find(({ result }) => result.outcome === 'wait' || result.outcome === 'stalled');
  const conditions = stages.map(({ condition }) => {
    const outcome = byType.get(condition);
    if (outcome !== undefined) return withTransition(conditionOf(outcome), previous, context.now);
    if (!context.isComplete) return known(condition, previous, context.now);
    return withTransition(waitingCondition(condition, blocking), previous, context.now);
  });
  if (blocking === undefined && !context.isComplete) return inTheMiddle(stages, byType, conditions, previous, context);
  const phase = phaseOf(blocking, conditions, context);
  return { phase, conditions: [...conditions, withTransition(readyCondition(blocking), previous, context.now)] };
}

/**
 * When the cluster's file itself is the problem: nothing on the cluster is touched or looked at, so that everything
 * known of it stays, and only `Ready` says what is wrong.
 */
export function summarizeProblem(previous: Summary | undefined, error: NautesError, now: number): Summary {
  const { reason, said, action } = error;
  const draft = { type: 'Ready', status: 'False', reason, message: said, ...(action && { action }) } as const;
  const ready = withTransition(draft, previous, now);
  const others = (previous?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  return { phase: wasReady(previous?.phase) ? 'Degraded' : 'Failed', conditions: [...others, ready] };
}

/** True for the phases of a cluster that has been brought to its declared state before. */
export function wasReady(phase: ClusterPhase | undefined): boolean {
  return phase === 'Ready' || phase === 'Degraded';
}

/** When the cluster needs to be looked at again because of these results, in milliseconds; `undefined` when all is done. */
export function nextLook(outcomes: readonly StageOutcome[]): number | undefined {
  const times = outcomes.flatMap(({ result }) => ('milliseconds' in result ? [result.milliseconds] : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Nothing is wrong so far and stages are to come: what was said of the whole stays until there is a reason to change it. */
function inTheMiddle(
  stages: readonly StageCondition[],
  outcomes: ReadonlyMap<ConditionType, StageOutcome>,
  conditions: readonly Condition[],
  previous: Summary | undefined,
  { now }: SummaryContext,
): Summary {
  const ready = previous?.conditions.find(({ type }) => type === 'Ready');
  if (previous !== undefined && ready !== undefined) {
    const cause = stages.find(({ condition }) => isCauseOf(ready, previous, condition));
    const isOpen = cause !== undefined && !outcomes.has(cause.condition);
    if (wasReady(previous.phase) || isOpen) return { phase: previous.phase, conditions: [...conditions, ready] };
  }
  const next = stages.find(({ condition }) => !outcomes.has(condition))?.condition ?? 'Ready';
  const text = message('InProgress', { stage: message(`stage.${next}`) });
  const draft: ConditionDraft = { type: 'Ready', status: 'False', reason: 'InProgress', message: text };
  return { phase: 'Provisioning', conditions: [...conditions, withTransition(draft, previous, now)] };
}

/** True when the stage's condition is the one that made the cluster not Ready. */
function isCauseOf(ready: Condition, { conditions }: Summary, type: ConditionType): boolean {
  const condition = conditions.find((candidate) => candidate.type === type);
  return ready.status === 'False' && condition?.status === 'False' && condition.reason === ready.reason;
}

function known(type: ConditionType, previous: Summary | undefined, now: number): Condition {
  const before = previous?.conditions.find((condition) => condition.type === type);
  if (before !== undefined && before.status !== 'Unknown') return before;
  const text = message('NotYetKnown');
  return withTransition({ type, status: 'Unknown', reason: 'NotYetKnown', message: text }, previous, now);
}

function conditionOf({ condition: type, result }: StageOutcome): ConditionDraft {
  const { outcome, reason } = result;
  const action = actionOf(result);
  const draft = {
    type,
    status: outcome === 'done' ? 'True' : 'False',
    reason,
    message: messageFromJson(result.message),
    ...(action && { action }),
  } as const;
  return outcome === 'skipped' ? { ...draft, optional: true } : draft;
}

function actionOf(result: StageResult): Action | undefined {
  return actionFromJson('remedy' in result ? result.remedy : undefined);
}

function waitingCondition(type: ConditionType, blocking: StageOutcome | undefined): ConditionDraft {
  const text =
    blocking === undefined
      ? verbatim('')
      : message('WaitingForEarlierStage', {
          stage: message(`stage.${blocking.condition}`),
          reason: blocking.result.reason,
        });
  return { type, status: 'Unknown', reason: 'WaitingForEarlierStage', message: text };
}

function readyCondition(blocking: StageOutcome | undefined): ConditionDraft {
  if (blocking === undefined) {
    return { type: 'Ready', status: 'True', reason: 'Ready', message: message('Ready') };
  }
  const { result, condition } = blocking;
  const about = { subject: message(`stage.${condition}`), what: messageFromJson(result.message) };
  const action = actionOf(result);
  return {
    type: 'Ready',
    status: 'False',
    reason: result.reason,
    message: message('About', about),
    ...(action && { action }),
  };
}

/**
 * `Degraded`: it has been as declared and is not so now. `Provisioning`: on the way. `Failed`: somebody has to look.
 * Deadlines count from the condition's last transition, so that changing messages do not start them anew.
 */
function phaseOf(
  blocking: StageOutcome | undefined,
  conditions: readonly Condition[],
  { now, hadBeenReady, isNewGeneration }: SummaryContext,
): ClusterPhase {
  if (blocking === undefined) return 'Ready';
  if (hadBeenReady && !isNewGeneration) return 'Degraded';
  const since = conditions.find(({ type }) => type === blocking.condition)?.lastTransitionTime ?? timestamp(now);
  const isOverdue = now - Date.parse(since) > blocking.deadlineMilliseconds;
  if (blocking.result.outcome === 'wait' && !isOverdue) return 'Provisioning';
  return hadBeenReady ? 'Degraded' : 'Failed';
}

function withTransition(draft: ConditionDraft, previous: Summary | undefined, now: number): Condition {
  const before = previous?.conditions.find(({ type }) => type === draft.type);
  const same = before !== undefined && before.status === draft.status;
  return { ...draft, lastTransitionTime: same ? before.lastTransitionTime : timestamp(now) };
}
