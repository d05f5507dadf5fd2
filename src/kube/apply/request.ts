import type { InventoryEntry } from '../../resources/inventory.ts';
import type { KubeObject, ObjectOwner } from '../../kube-objects/kube-object.ts';
import type { ObjectOwnership } from './object-ownership.ts';
import type { OwnedObjectIndex } from './owned-object-index.ts';
import type { SharedField } from './shared-fields.ts';

/** What one run of applying a component is given. */
export interface ApplyRequest {
  readonly component: string;
  /** Whose the objects are. */
  readonly owner: ObjectOwner;
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
  /** Earlier registrations of this cluster, of the same installation, whose objects may be taken over as our own. */
  readonly adoptIncarnations?: readonly string[];
  /** The installation, or the registration of an earlier release, from which the cluster was taken over with its objects. */
  readonly takenFrom?: string;
  /** Whether a registration of this installation is over: what carries its labels is ours. */
  readonly isOver?: (incarnation: string) => boolean;
  readonly ignoreFields: readonly SharedField[];
  /** Shared with other components of the same registration that are checked now. */
  readonly ownedObjects?: OwnedObjectIndex;
  /** What the other components of the registration bring and have; absent where there are none to share objects with. */
  readonly ownership?: ObjectOwnership;
  /** Told of each object that has been checked and, where it differs, applied. */
  onApplied?(done: number, total: number): void;
  /** `full` also deletes what is no longer desired; `drift` only repairs. */
  readonly mode: 'full' | 'drift';
}
