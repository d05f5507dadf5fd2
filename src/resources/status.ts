import type { CatalogCategory } from './cluster/cluster.ts';
import type { CredentialScope } from './credential.ts';

export const clusterPhases = ['Pending', 'Provisioning', 'Ready', 'Degraded', 'Failed', 'Deleting'] as const;
export type ClusterPhase = (typeof clusterPhases)[number];

export const conditionTypes = [
  'Provisioned',
  'Reachable',
  'CredentialReady',
  'SecretAccessReady',
  'ComponentsReady',
  'EntryPointsReady',
  'Published',
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
  readonly message: string;
  /** What a person can do; empty when nothing needs to be done. */
  readonly remedy: string;
  /** RFC 3339. */
  readonly lastTransitionTime: string;
}

export type ComponentPhase = 'Pending' | 'Installing' | 'Ready' | 'Degraded' | 'Removing';

export interface ComponentStatus {
  readonly name: string;
  readonly category: CatalogCategory;
  readonly namespace: string;
  readonly version: string;
  readonly phase: ComponentPhase;
  readonly reason: string;
  readonly message: string;
  readonly objects: { readonly total: number; readonly ready: number };
  /** What people should know and that does not keep it from being ready, e.g. retired upstream. */
  readonly advisories: readonly string[];
}

export interface CredentialStatus {
  /** RFC 3339; empty when the credential has no known end. */
  readonly expiresAt: string;
  /** RFC 3339; empty until the first credential of our own. */
  readonly rotatedAt: string;
}

/** What is known about a registered cluster at some time. Derived: it can be rebuilt. */
export interface ClusterStatus {
  readonly name: string;
  readonly incarnation: string;
  readonly phase: ClusterPhase;
  /** Blob id of the cluster's file that this status speaks of. */
  readonly observedGeneration: string;
  readonly conditions: readonly Condition[];
  readonly components: readonly ComponentStatus[];
  readonly credential: CredentialStatus;
  readonly kubernetes: { readonly version: string; readonly uid: string };
  /** Entry points of the gateway, e.g. `https://127.0.1.1:30443`. */
  readonly entryPoints: readonly string[];
  /** Where it was last reached; absent before that. */
  readonly apiServer?: string;
  /** The registration of the host that a virtual cluster was made on; absent for physical clusters and before that. */
  readonly host?: CredentialScope;
  /** Commit that brought the file to this state. */
  readonly commit: string;
}

/** Something that happened to a cluster, as people read it. */
export interface ClusterEvent {
  /** Increases with every event of every cluster. */
  readonly id: number;
  readonly cluster: string;
  readonly incarnation: string;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, stable. */
  readonly reason: string;
  readonly message: string;
  /** The stage or component it is about, e.g. `components/argocd`; empty for the cluster as a whole. */
  readonly subject: string;
}

/** An object on a target cluster. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** What was done to take a cluster away; kept after the cluster is gone. */
export interface Receipt {
  readonly cluster: string;
  readonly incarnation: string;
  readonly apiServer: string;
  readonly kubernetesUid: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly completedAt: string;
  readonly forced: boolean;
  /** `Complete`: nothing of ours is left; `Incomplete`: see `remaining`. */
  readonly outcome: 'Complete' | 'Incomplete';
  readonly commit: string;
  /** Every object that we had created. */
  readonly created: readonly ObjectReference[];
  readonly removed: readonly ObjectReference[];
  /** Left on purpose, and why. */
  readonly left: readonly (ObjectReference & { readonly reason: string })[];
  /** Could not be removed, why, and the command that would. */
  readonly remaining: readonly (ObjectReference & { readonly reason: string; readonly command: string })[];
}
