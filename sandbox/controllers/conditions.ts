import { arrayAt, type JsonObject, stringAt } from '../base/json.ts';
import { currentTimestamp } from '../base/time.ts';

export interface ConditionState {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export function truth(value: boolean): 'True' | 'False' {
  return value ? 'True' : 'False';
}

export function findCondition(object: JsonObject | undefined, type: string): JsonObject | undefined {
  const found = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === type);
  return found as JsonObject | undefined;
}

/** A condition for the status of the object; its transition time stays as long as its status does. */
export function condition(object: JsonObject, state: ConditionState): JsonObject {
  const old = findCondition(object, state.type);
  const since = stringAt(old, 'status') === state.status ? stringAt(old, 'lastTransitionTime') : undefined;
  return { ...state, lastTransitionTime: since ?? currentTimestamp() };
}
