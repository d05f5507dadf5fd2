import type { Phase } from '../phase.ts';
import type { LocalizedText, Message } from '../../messages/text.ts';
import type { Condition } from '../condition.ts';
import type { CatalogCategory } from './components.ts';
import type { Pause } from './pause.ts';
import type { ClusterRepair } from './repair.ts';
import type { PublicationStatus } from './publication.ts';
import type { CredentialScope } from '../credential.ts';
import type { ObjectReference } from '../object-reference.ts';

export type ComponentPhase = 'Pending' | 'Installing' | 'Ready' | 'Degraded' | 'Removing';

export interface ComponentStatus {
  readonly name: string;
  readonly category: CatalogCategory;
  readonly namespace: string;
  readonly version: string;
  readonly phase: ComponentPhase;
  readonly reason: string;
  readonly message: Message;
  readonly objects: { readonly total: number; readonly ready: number };
  /** Advisories that do not keep it from being ready, e.g. retired upstream. */
  readonly advisories: readonly LocalizedText[];
  /** The objects that were not ready at the last look, at most {@link MAXIMUM_UNREADY_OBJECTS}; absent when there were none. */
  readonly unready?: readonly UnreadyObject[] | undefined;
  /** How people get into it; absent where the catalogue does not say. */
  readonly login?: ComponentLogin | undefined;
}

/** Objects that are not ready which a status names of each component; the counts say how many there are. */
export const MAXIMUM_UNREADY_OBJECTS = 20;

/** An object that was not ready, and why. */
export interface UnreadyObject {
  readonly object: ObjectReference;
  /** In CamelCase. */
  readonly reason: string;
  readonly message: Message;
}

/** How people get into a component; what is not known is empty. */
export interface ComponentLogin {
  /** Where it answers through the gateway. */
  readonly url: string;
  readonly user: string;
  /** Prints the first password. */
  readonly passwordCommand: string;
  /** Makes it answer at `forwardUrl`, also where its address cannot be reached. */
  readonly forwardCommand: string;
  readonly forwardUrl: string;
}

export interface CredentialStatus {
  /** RFC 3339; empty when the credential has no known end. */
  readonly expiresAt: string;
  /** RFC 3339; empty until the first own credential. */
  readonly rotatedAt: string;
}

/** The observed state of a registered cluster. Derived: it can be rebuilt. */
export interface ClusterStatus {
  readonly name: string;
  readonly incarnation: string;
  readonly phase: Phase;
  /** Blob id of the cluster's file that this status observed. */
  readonly observedGeneration: string;
  readonly conditions: readonly Condition[];
  readonly components: readonly ComponentStatus[];
  readonly credential: CredentialStatus;
  readonly kubernetes: { readonly version: string; readonly uid: string };
  /** Entry points of the gateway, e.g. `https://127.0.1.1:30443`. */
  readonly entryPoints: readonly string[];
  /** Where it was last reached; absent before that. */
  readonly apiServer?: string;
  /** The host registration on which a virtual cluster was created; absent for physical clusters and before that. */
  readonly host?: CredentialScope;
  /** Where it is made known in a management cluster, each publication with its own part; absent where that was never so. */
  readonly published?: readonly PublicationStatus[];
  /** What was changed by others and set back, oldest first; absent where that never was. */
  readonly repairs?: readonly ClusterRepair[];
  /** The pause in force; absent while there is none. */
  readonly paused?: Pause;
  /**
   * When the last look that has ended began (RFC 3339), also one that did not reach the cluster; absent before the first.
   */
  readonly lastCheckedAt?: string;
  /** When this registration was made, RFC 3339, as its file says; absent where that is not known. Not stored. */
  readonly registeredAt?: string;
  /** Commit that last changed the file. */
  readonly commit: string;
}

/** What every status says, whatever is known of the cluster. */
type ReportedPart = Pick<
  ClusterStatus,
  'name' | 'incarnation' | 'phase' | 'observedGeneration' | 'conditions' | 'commit'
>;

/** The status of a cluster of which nothing else is known yet. */
export function blankStatus(reported: ReportedPart): ClusterStatus {
  return {
    ...reported,
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
  };
}
