import type { TypedObject } from './observe.ts';
import type { Decision } from './plan.ts';

/** A desired object and what is to be done with it. */
export interface PlannedObject extends TypedObject {
  readonly decision: Decision;
}

export type ApplyDecision = Extract<Decision, { action: 'apply' }>;

/** Instances of CRDs that are not served yet go to the end: nothing waits behind them. */
export function instancesLast(objects: readonly PlannedObject[]): PlannedObject[] {
  const waiting = objects.filter(({ awaits }) => awaits !== undefined);
  return [...objects.filter(({ awaits }) => awaits === undefined), ...waiting];
}
