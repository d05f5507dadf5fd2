import type { Phase } from '../resources/phase.ts';
import { timestamp } from '../base/clock.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Condition, ConditionType } from '../resources/condition.ts';
import type { Explanation, Stage, StageResult } from './stage.ts';
import { type ConditionDraft, HELD_BACK, type Summary, wasReady, withTransition } from './transition.ts';

/** A stage's result beside the stage it is of. */
export interface StageOutcome {
  readonly condition: ConditionType;
  readonly deadlineMilliseconds: number;
  readonly result: StageResult;
}

/** How far a run has come. */
export interface StageProgress {
  readonly situation: 'stages';
  /** All stages of the resource, in order. */
  readonly stages: readonly Pick<Stage<never>, 'condition'>[];
  /** Of the stages that have run. */
  readonly outcomes: readonly StageOutcome[];
  /** True once every stage that will run has run; before that the other conditions stay as they were. */
  readonly isComplete: boolean;
  /** True when the resource was Ready or Degraded as the run began, whatever state of the file that was about. */
  readonly hadBeenReady: boolean;
  /** True when this state of the file was not checked before this run. */
  readonly isNewGeneration: boolean;
  /** The resource is checked and not changed, and why. */
  readonly pause?: Explanation;
}

/** Each stage's result becomes its condition; the first that is not done decides on `Ready` and the phase. */
export function summarizeStages(progress: StageProgress, previous: Summary | undefined, now: number): Summary {
  const { stages, outcomes, isComplete } = progress;
  const byType = new Map(outcomes.map((outcome) => [outcome.condition, outcome]));
  const blocking = outcomes.find(({ result }) => result.outcome === 'wait' || result.outcome === 'stalled');
  const ofStages = stages.map(({ condition }) => {
    const outcome = byType.get(condition);
    if (outcome !== undefined) return withTransition(conditionOf(outcome), previous, now);
    if (!isComplete) return known(condition, previous, now);
    return withTransition(waitingCondition(condition, blocking), previous, now);
  });
  const { pause } = progress;
  const paused: ConditionDraft[] =
    pause === undefined ? [] : [{ type: 'Paused', status: 'True', optional: true, ...pause }];
  const conditions = [...ofStages, ...paused.map((draft) => withTransition(draft, previous, now))];
  if (blocking === undefined && !isComplete) return inTheMiddle(progress, conditions, previous, now);
  const phase = phaseOf(blocking, conditions, progress, now);
  return {
    phase,
    conditions: [...conditions, withTransition(readyCondition(blocking, pause !== undefined), previous, now)],
  };
}

/** When a run is to follow because of these results, in milliseconds; `undefined` when all is done. */
export function nextLook(outcomes: readonly StageOutcome[]): number | undefined {
  const times = outcomes.flatMap(({ result }) => ('milliseconds' in result ? (result.milliseconds ?? []) : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Nothing is wrong so far and stages are to come: what was said of the whole stays until there is a reason to change it. */
function inTheMiddle(
  { stages, outcomes }: StageProgress,
  conditions: readonly Condition[],
  previous: Summary | undefined,
  now: number,
): Summary {
  const hasRun = (type: ConditionType): boolean => outcomes.some(({ condition }) => condition === type);
  const ready = previous?.conditions.find(({ type }) => type === 'Ready');
  const isHeld = ready?.reason === HELD_BACK;
  if (previous !== undefined && ready !== undefined && !isHeld) {
    const cause = stages.find(({ condition }) => isCauseOf(ready, previous, condition));
    const isOpen = cause !== undefined && !hasRun(cause.condition);
    if (wasReady(previous.phase) || isOpen) return { phase: previous.phase, conditions: [...conditions, ready] };
  }
  const next = stages.find(({ condition }) => !hasRun(condition))?.condition ?? 'Ready';
  const text = message('InProgress', { stage: message(`stage.${next}`) });
  const draft: ConditionDraft = { type: 'Ready', status: 'False', reason: 'InProgress', message: text };
  const phase = isHeld && wasReady(previous?.phase) ? 'Degraded' : 'Provisioning';
  return { phase, conditions: [...conditions, withTransition(draft, previous, now)] };
}

/** True when the stage's condition is the one that made the resource not Ready. */
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
  const { outcome, reason, message: text, action } = result;
  const status = outcome === 'done' ? 'True' : 'False';
  const draft: ConditionDraft = { type, status, reason, message: text, ...(action && { action }) };
  return outcome === 'skipped' ? { ...draft, optional: true } : draft;
}

function waitingCondition(type: ConditionType, blocking: StageOutcome | undefined): ConditionDraft {
  return { type, status: 'Unknown', reason: 'WaitingForEarlierStage', message: textOf() };

  function textOf() {
    if (blocking === undefined) return verbatim('');
    const { condition, result } = blocking;
    return message('WaitingForEarlierStage', { stage: message(`stage.${condition}`), reason: result.reason });
  }
}

function readyCondition(blocking: StageOutcome | undefined, isPaused: boolean): ConditionDraft {
  if (blocking === undefined) {
    const text = message(isPaused ? 'Ready.paused' : 'Ready');
    return { type: 'Ready', status: 'True', reason: 'Ready', message: text };
  }
  const { condition, result } = blocking;
  const { reason, message: what, action } = result;
  const text = message('About', { subject: message(`stage.${condition}`), what });
  return { type: 'Ready', status: 'False', reason, message: text, ...(action && { action }) };
}

/**
 * `Degraded`: it has been as declared and is not so now. `Provisioning`: on the way. `Failed`: a person has to look.
 * Deadlines count from the condition's last transition, so that changing messages do not restart them.
 */
function phaseOf(
  blocking: StageOutcome | undefined,
  conditions: readonly Condition[],
  { hadBeenReady, isNewGeneration }: StageProgress,
  now: number,
): Phase {
  if (blocking === undefined) return 'Ready';
  if (hadBeenReady && !isNewGeneration) return 'Degraded';
  const since = conditions.find(({ type }) => type === blocking.condition)?.lastTransitionTime ?? timestamp(now);
  const isHeld = blocking.result.reason === 'Paused'; // it is not late, it is not to happen
  const isOverdue = !isHeld && now - Date.parse(since) > blocking.deadlineMilliseconds;
  if (blocking.result.outcome === 'wait' && !isOverdue) return 'Provisioning';
  return hadBeenReady ? 'Degraded' : 'Failed';
}
