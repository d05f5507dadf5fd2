import type { Message } from '../../messages/text.ts';
import type { Condition } from '../condition.ts';
import type { CatalogCategory } from './components.ts';
import type { CredentialScope } from '../credential.ts';

export const clusterPhases = ['Pending', 'Provisioning', 'Ready', 'Degraded', 'Failed', 'Deleting'] as const;
export type ClusterPhase = (typeof clusterPhases)[number];

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
