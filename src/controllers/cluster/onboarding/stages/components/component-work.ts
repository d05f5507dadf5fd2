import type { ComponentDefinition } from '../../../../../catalog/definition.ts';
import type { ClusterConnection, ObjectOwnership, OwnedObjectIndex, SharedLooks } from '../../../../../kube/index.ts';
import type { KubeObject } from '../../../../../kube-objects/kube-object.ts';
import type { Action } from '../../../../../messages/action.ts';
import type { Facts } from '../../../../../render/facts.ts';
import type { ComponentStatus } from '../../../../../resources/cluster/cluster-status.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import type { ClusterIdentity } from '../../../../../state/index.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';
import type { DeclaredComponent } from './declared-component.ts';

/** How one component stands at the end of a run. */
export interface ComponentOutcome {
  readonly status: ComponentStatus;
  /** When to look again while it is not ready. */
  readonly retryMilliseconds: number;
  readonly action?: Action;
  /** Nothing of it differed, and all of it was healthy as it was listed. */
  readonly isAsDeclared?: boolean;
}

/** One component of a run, and what its installation works with. */
export interface ComponentWork extends DeclaredComponent {
  readonly definition: ComponentDefinition;
  readonly context: StageContext;
  readonly connection: ClusterConnection;
  readonly facts: Facts;
  /** Name under which inventory and labels hold its objects. */
  readonly owner: string;
  /** Which earlier registrations may have left objects where these go. */
  readonly predecessors: ClusterIdentity;
  readonly inventory: readonly InventoryEntry[];
  /** Whether a registration is over: what it left is taken over. */
  readonly isOver: (incarnation: string) => boolean;
  /** What the other components bring and have; absent for one that stands alone. */
  readonly ownership?: ObjectOwnership;
  /** Shared with the other components of the run. */
  readonly ownedObjects: OwnedObjectIndex;
  readonly looks: SharedLooks;
  /** What it should consist of. */
  render(): Promise<readonly KubeObject[]>;
  /** Called once the component's objects are there, before they are healthy. */
  onApplied(): void;
}
