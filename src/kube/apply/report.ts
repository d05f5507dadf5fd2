import type { Message } from '../../messages/text.ts';
import type { NautesError } from '../../errors/errors.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';

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
  readonly reason: Message;
}

export interface ForeignObject {
  readonly object: ObjectReference;
  /** The managers that its managedFields name. */
  readonly managers: readonly string[];
  /** Who manages it, for people. */
  readonly owner: Message;
  readonly adopted: boolean;
  /** Fields that were changed on one that was adopted. */
  readonly changed?: readonly string[];
}

/** What one run of applying a component did. */
export interface ApplyReport {
  /** The new full inventory of the component: replaces the stored one. */
  readonly entries: readonly InventoryEntry[];
  /** Entries of the stored inventory that are no longer there: to be removed from it. */
  readonly gone: readonly ObjectReference[];
  /** Created, or changed because the desired state changed. */
  readonly applied: readonly ObjectReference[];
  readonly unchanged: number;
  /**
   * Digest of the versions of all objects, when each was as it was left and nothing was written. Equal digests of two looks
   * mean that nothing of it has changed between them, its status included.
   */
  readonly versions?: string;
  readonly repaired: readonly Repair[];
  /** Deletion was accepted. */
  readonly pruned: readonly ObjectReference[];
  /** No longer desired and yet left, and why; the entry stays when the object is still ours and may go later. */
  readonly left: readonly ObjectRemark[];
  /**
   * Exist without being ours; `adopted` when they were taken over as asked. With one that was not adopted nothing was
   * applied, and those are all that are in the way.
   */
  readonly foreign: readonly ForeignObject[];
  /** Webhooks of the component that were removed: with nothing behind them they refused what would bring that back. */
  readonly unblocked: readonly ObjectReference[];
  readonly failures: readonly ObjectFailure[];
}
