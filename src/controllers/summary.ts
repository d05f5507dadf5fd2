import { timestamp } from '../base/clock.ts';
import type { ClusterPhase, Condition, ConditionType } from '../model/status.ts';
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
  /** True when this state of the file has been Ready before: what is not done now is a degradation. */
  readonly wasReady: boolean;
}

export interface Summary {
  readonly phase: ClusterPhase;
  readonly conditions: readonly Condition[];
}

/**
 * What the results of the stages say of the cluster as a whole. The only place where `Ready` and the phase are made.
 * @param stages all stages of this cluster in order; those without an outcome did not run because an earlier one is not done
 * @param previous the conditions before this run, for the times of transitions
 */
export function summarize(
  stages: readonly Pick<Stage<never>, 'condition'>[],
  outcomes: readonly StageOutcome[],
  previous: Summary | undefined,
  { now, wasReady }: SummaryContext,
): Summary {
  const conditions: Condition[] = [];
  const byType = new Map(outcomes.map((outcome) => [outcome.condition, outcome]));
  const blocking = outcomes.find(({ result }) => result.outcome === 'wait' || result.outcome === 'stalled');
  for (const { condition } of stages) {
    const outcome = byType.get(condition);
    conditions.push(withTransition(conditionOf(condition, outcome, blocking), previous, now));
  }
  const unfinished = stages.length > outcomes.length && blocking === undefined ? stages[outcomes.length] : undefined;
  if (unfinished !== undefined) {
    // In the middle of a run: what was Ready stays so until something is known to be wrong.
    const phase = wasReady ? (previous?.phase ?? 'Ready') : 'Provisioning';
    conditions.push(withTransition(unfinishedCondition(phase, unfinished.condition), previous, now));
    return { phase, conditions };
  }
  const phase = phaseOf(blocking, conditions, wasReady, now);
  conditions.push(withTransition(readyCondition(phase, blocking), previous, now));
  return { phase, conditions };
}

type ConditionDraft = Omit<Condition, 'lastTransitionTime'>;

function conditionOf(
  type: ConditionType,
  outcome: StageOutcome | undefined,
  blocking: StageOutcome | undefined,
): ConditionDraft {
  if (outcome === undefined && blocking === undefined) {
    return { type, status: 'Unknown', reason: 'NotYetKnown', message: 'being worked on, or next in turn', remedy: '' };
  }
  if (outcome === undefined) {
    const message = blocking === undefined ? '' : `waits for ${blocking.condition}: ${blocking.result.reason}`;
    return { type, status: 'Unknown', reason: 'WaitingForEarlierStage', message, remedy: '' };
  }
  const { result } = outcome;
  const { reason, message } = result;
  const remedy = 'remedy' in result ? result.remedy : '';
  return { type, status: result.outcome === 'done' ? 'True' : 'False', reason, message, remedy };
}

function readyCondition(phase: ClusterPhase, blocking: StageOutcome | undefined): ConditionDraft {
  if (blocking === undefined) {
    return { type: 'Ready', status: 'True', reason: 'Ready', message: 'everything is as declared', remedy: '' };
  }
  const { result, condition } = blocking;
  const remedy = 'remedy' in result ? result.remedy : '';
  const message = `${condition}: ${result.message}`;
  return { type: 'Ready', status: phase === 'Ready' ? 'True' : 'False', reason: result.reason, message, remedy };
}

function unfinishedCondition(phase: ClusterPhase, stage: ConditionType): ConditionDraft {
  const status = phase === 'Ready' ? 'True' : 'False';
  return { type: 'Ready', status, reason: 'InProgress', message: `${stage} is being worked on`, remedy: '' };
}

/** Deadlines count from the condition's last transition, so that changing messages do not start them anew. */
function phaseOf(
  blocking: StageOutcome | undefined,
  conditions: readonly Condition[],
  wasReady: boolean,
  now: number,
): ClusterPhase {
  if (blocking === undefined) return 'Ready';
  const since = conditions.find(({ type }) => type === blocking.condition)?.lastTransitionTime ?? timestamp(now);
  const overdue = now - Date.parse(since) > blocking.deadlineMilliseconds;
  if (wasReady) return 'Degraded';
  return blocking.result.outcome === 'stalled' || overdue ? 'Failed' : 'Provisioning';
}

function withTransition(draft: ConditionDraft, previous: Summary | undefined, now: number): Condition {
  const before = previous?.conditions.find(({ type }) => type === draft.type);
  const same = before !== undefined && before.status === draft.status;
  return { ...draft, lastTransitionTime: same ? before.lastTransitionTime : timestamp(now) };
}

/** When the cluster needs to be looked at again because of these results, in milliseconds; `undefined` when all is done. */
export function nextLook(outcomes: readonly StageOutcome[]): number | undefined {
  const times = outcomes.flatMap(({ result }) => ('milliseconds' in result ? [result.milliseconds] : []));
  return times.length === 0 ? undefined : Math.min(...times);
}
