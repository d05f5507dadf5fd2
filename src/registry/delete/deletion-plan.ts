import type { NautesError } from '../../errors/errors.ts';
import type { Dependant } from '../../kube/index.ts';
import type { Message } from '../../messages/text.ts';
import type { RetainedObject } from '../../resources/cluster/offboarding-record.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';

/** An object that would be deleted, and the component it is of. */
export interface PlannedRemoval extends ObjectReference {
  readonly component: string;
}

/** What a deletion would do and what it would be refused for. Nothing was changed. */
export interface DeletionPlan {
  readonly removed: readonly PlannedRemoval[];
  /** What would be left on the cluster on purpose, and why. */
  readonly left: readonly RetainedObject[];
  /** What users have made and would lose. */
  readonly lost: readonly Dependant[];
  readonly findings: readonly DeletionFinding[];
  /** Virtual clusters that it is the host of. */
  readonly virtualClusters: readonly string[];
  /** Whether the cluster answered; absent when it need not be asked. */
  readonly isReachable?: boolean;
  /** The file that a commit would remove; empty when there is none. */
  readonly file: string;
}

/** Why the deletion would be refused, or what has to be known of it. */
export type DeletionFinding = { readonly error: NautesError } | { readonly warning: Message };
