import type { Action } from '../messages/action.ts';
import type { Message } from '../messages/text.ts';

export const conditionTypes = [
  'Provisioned',
  'Reachable',
  'CredentialReady',
  'SecretAccessReady',
  'ComponentsReady',
  'EntryPointsReady',
  'Published',
  'Paused',
  'Offboarded',
  'Ready',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

/** A condition after the Kubernetes API conventions, with what to do about it. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, stable. */
  readonly reason: string;
  readonly message: Message;
  /** What a person can do; absent when nothing needs to be done. */
  readonly action?: Action;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
  /** Set on a condition that does not count for `Ready`: it does not apply here, or is left to an operator. */
  readonly optional?: true;
}
