import type { NautesError } from '../errors/errors.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { RemainingObject } from '../resources/cluster/offboarding-record.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { KubeObject } from './objects.ts';
import type { OwnHeads } from './own-heads.ts';

/** A field that another controller owns by design: once it has set it, we leave it. */
export interface SharedField {
  readonly kind: string;
  readonly name?: string;
  /** Such as `spec.replicas` or `webhooks[*].clientConfig.caBundle`, see `field-path.ts`. */
  readonly path: string;
  /** Name of the manager that sets it; any but kubectl's names counts as well. */
  readonly owner?: string;
}

export interface ApplyRequest {
  readonly component: string;
  readonly incarnation: string;
  /** Namespaces that must exist; created with our labels when they are absent and not among the objects. */
  readonly namespaces: readonly string[];
  /** What should be. Labels of ownership are added here. */
  readonly objects: readonly KubeObject[];
  /** The component's entries as stored. */
  readonly inventory: readonly InventoryEntry[];
  /** Stores the full intended inventory durably; awaited before the first write and not called when nothing is to be written. */
  recordIntent(entries: readonly InventoryEntry[]): Promise<void>;
  /** Take over objects that exist and are not ours; they are still never deleted. */
  readonly adoptForeign: boolean;
  /** Earlier registrations of this cluster whose objects may be taken over as our own. */
  readonly adoptIncarnations?: readonly string[];
  readonly ignoreFields: readonly SharedField[];
  /** Shared with other components of the same registration that are looked at now. */
  readonly ownHeads?: OwnHeads;
  /** `full` also deletes what is no longer desired; `drift` only repairs. */
  readonly mode: 'full' | 'drift';
}

/** Something changed what we had applied, and we changed it back. */
export interface Repair {
  readonly object: ObjectReference;
  /** Paths such as `spec.template.spec.containers[name=server].image`; empty when the object had been deleted. */
  readonly fields: readonly string[];
  /** Who had changed it as managedFields tell, empty when unknown. */
  readonly manager: string;
}

export interface ObjectFailure {
  readonly object: ObjectReference;
  readonly error: NautesError;
}

export interface ObjectRemark {
  readonly object: ObjectReference;
  readonly reason: string;
}

export interface ApplyReport {
  /** The new full inventory of the component: replaces the stored one. */
  readonly entries: readonly InventoryEntry[];
  /** Entries of the stored inventory that are no longer there: to be removed from it. */
  readonly gone: readonly ObjectReference[];
  /** Created, or changed because the desired state changed. */
  readonly applied: readonly ObjectReference[];
  readonly unchanged: number;
  readonly repaired: readonly Repair[];
  /** Deletion was accepted. */
  readonly pruned: readonly ObjectReference[];
  /** No longer desired and yet left, and why; the entry stays when the object is still ours and may go later. */
  readonly left: readonly ObjectRemark[];
  /** Exist without being ours; `adopted` when they were taken over as asked. */
  readonly foreign: readonly ForeignObject[];
  /** Webhooks of the component that were removed: with nothing behind them they refused what would bring that back. */
  readonly unblocked: readonly ObjectReference[];
  readonly failures: readonly ObjectFailure[];
}

export interface ForeignObject {
  readonly object: ObjectReference;
  /** The managers that its managedFields name. */
  readonly managers: readonly string[];
  readonly adopted: boolean;
}

export interface HealthProblem {
  readonly object: ObjectReference;
  readonly state: 'InProgress' | 'Failed';
  /** CamelCase. */
  readonly reason: string;
  /** At most 300 characters. */
  readonly message: string;
}

export interface HealthReport {
  readonly total: number;
  readonly ready: number;
  readonly problems: readonly HealthProblem[];
}

export interface RemovalRequest {
  readonly incarnation: string;
  /** The inventory of the registration, or of one component. */
  readonly entries: readonly InventoryEntry[];
  /** Keep CRDs and namespaces that hold what others made, with that; otherwise they go with everything in them. */
  readonly keepDependants: boolean;
  /** Further names of managers whose objects come from our components and do not count as made by others. */
  readonly controllers?: readonly string[];
}

/** One pass. Nothing is left to do when `remaining` is empty. */
export interface RemovalReport {
  /** Seen to be gone (also those that were gone before). */
  readonly removed: readonly ObjectReference[];
  /** Deletion is under way or failed; worth another pass. */
  readonly remaining: readonly RemainingObject[];
  /** Left on purpose, and why. */
  readonly left: readonly (ObjectReference & { readonly reason: string })[];
}

/** What would be lost with our components: made by users, not by us. */
export interface Dependant {
  readonly object: ObjectReference;
  /** `instance` of one of our CRDs, or `content` of one of our namespaces. */
  readonly relation: 'instance' | 'content';
  /** The CRD or namespace it would go with. */
  readonly of: string;
}

export interface DependantsReport {
  /** At most 100, see `total`. */
  readonly dependants: readonly Dependant[];
  readonly total: number;
}
