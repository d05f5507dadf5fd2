import type { Message } from '../../messages/text.ts';
import type { ObjectReference } from '../object-reference.ts';
import type { RetainedObject, UserObject } from './offboarding-record.ts';

/** The result of an off-boarding; retained after the cluster is gone. */
export interface Receipt {
  readonly cluster: string;
  readonly incarnation: string;
  readonly apiServer: string;
  readonly kubernetesUid: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly completedAt: string;
  readonly forced: boolean;
  /** `Complete`: nothing of ours remains; `Incomplete`: see `remaining`. */
  readonly outcome: 'Complete' | 'Incomplete';
  readonly commit: string;
  /** Every object that we had created. */
  readonly created: readonly ObjectReference[];
  readonly removed: readonly ObjectReference[];
  /** Retained on purpose, with the reason. */
  readonly left: readonly RetainedObject[];
  /** What users had built and went with a forced deletion: the first of it; absent where nothing did. */
  readonly lost?: readonly UserObject[];
  /** The number of all of it. */
  readonly lostTotal?: number;
  /** Could not be removed: the reason, and the command that would. */
  readonly remaining: readonly StuckObject[];
}

/** An object that could not be removed, why, and the command that would remove it. */
export interface StuckObject extends ObjectReference {
  readonly reason: Message;
  readonly command: string;
}
