import type { Phase } from '../resources/phase.ts';
import { timestamp } from '../base/clock.ts';
import type { Condition } from '../resources/condition.ts';

/** What a status says of a resource as a whole, with what that follows from. */
export interface Summary {
  readonly phase: Phase;
  readonly conditions: readonly Condition[];
}

export type ConditionDraft = Omit<Condition, 'lastTransitionTime'>;

/** The reason of `Ready` while a resource is held back after an unclean end of the process. */
export const HELD_BACK = 'HeldBack';

/** True for the phases of a resource that has been as declared before. */
export function wasReady(phase: Phase | undefined): boolean {
  return phase === 'Ready' || phase === 'Degraded';
}

/** The condition with the time since when it has its status. */
export function withTransition(draft: ConditionDraft, previous: Summary | undefined, now: number): Condition {
  const before = previous?.conditions.find(({ type }) => type === draft.type);
  const same = before !== undefined && before.status === draft.status;
  return { ...draft, lastTransitionTime: same ? before.lastTransitionTime : timestamp(now) };
}
