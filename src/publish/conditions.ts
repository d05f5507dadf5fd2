import { message, render } from '../messages/message.ts';
import type { Condition, ConditionType } from '../resources/condition.ts';

/** Longest message of a published condition; Kubernetes allows 32768. */
const MAXIMUM_MESSAGE_LENGTH = 1024;

/** A condition of the Kubernetes API conventions (metav1.Condition). */
export interface ObjectCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}

/** A condition of ours as objects of Kubernetes have them: in English, without what to do about it. */
export function objectCondition(condition: Condition, type: string = condition.type): ObjectCondition {
  const { status, reason, message: said, lastTransitionTime } = condition;
  const text = render(said, 'en');
  const bounded = text.length <= MAXIMUM_MESSAGE_LENGTH ? text : `${text.slice(0, MAXIMUM_MESSAGE_LENGTH - 1)}…`;
  return { type, status, reason, message: bounded, lastTransitionTime };
}

/** They say nothing of whether the cluster can be used. */
const NOT_COUNTED: ReadonlySet<ConditionType> = new Set(['Ready', 'Published', 'Paused']);

/**
 * Whether the cluster can be used, from its other conditions: `Ready` itself waits for what is published.
 * `undefined` when no condition is known.
 */
export function readiness(conditions: readonly Condition[]): ObjectCondition | undefined {
  const counting = conditions.filter(({ type, optional }) => !NOT_COUNTED.has(type) && optional !== true);
  const open = counting.find(({ status }) => status !== 'True');
  if (open !== undefined) return { ...objectCondition(open, 'Ready'), status: 'False' };
  const times = counting.map(({ lastTransitionTime }) => lastTransitionTime).toSorted();
  const lastTransitionTime = times.at(-1);
  if (lastTransitionTime === undefined) return undefined;
  return {
    type: 'Ready',
    status: 'True',
    reason: 'Ready',
    message: render(message('Ready'), 'en'),
    lastTransitionTime,
  };
}
