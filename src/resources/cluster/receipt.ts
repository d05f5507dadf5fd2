import type { ObjectReference } from '../object-reference.ts';

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
