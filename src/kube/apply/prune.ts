import { asNautesError } from '../../errors/errors.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { endsRun, objectErrorOf } from '../client/object-error.ts';
import { type ObjectOwner, plainReference } from '../../kube-objects/kube-object.ts';
import type { Holder } from './dependants.ts';
import { deleteOwned, removalOrder } from './owned-removal.ts';
import type { ObjectFailure, ObjectRemark } from './report.ts';

export interface PruneResult {
  /** No longer on the cluster, or no longer ours: their entries can go. */
  readonly gone: readonly ObjectReference[];
  /** Deletion was accepted; the entry stays until the object is seen to be gone. */
  readonly pruned: readonly ObjectReference[];
  readonly left: readonly ObjectRemark[];
  readonly failures: readonly ObjectFailure[];
}

/** Deletes what a component no longer wants, in the order of removal. Only what is ours, and nothing that others use. */
export async function pruneObjects(
  connection: ClusterConnection,
  owner: ObjectOwner,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<PruneResult> {
  const gone: ObjectReference[] = [];
  const pruned: ObjectReference[] = [];
  const left: ObjectRemark[] = [];
  const failures: ObjectFailure[] = [];
  const holder: Holder = { owner, keepDependants: true, entries };
  if (entries.length > 0) await connection.discovery.refresh(signal);
  for (const entry of removalOrder(entries).flat()) {
    const object = plainReference(entry);
    try {
      const outcome = await deleteOwned(connection, entry, holder, signal);
      if (outcome.state === 'deleted' || outcome.state === 'deleting') pruned.push(object);
      if (outcome.state === 'left') left.push({ object, reason: outcome.reason });
      const keepsEntry = outcome.state === 'deleting' || (outcome.state === 'left' && outcome.ours);
      if (!keepsEntry) gone.push(object);
    } catch (error) {
      const translated = objectErrorOf(error, object);
      if (endsRun(translated, signal)) throw translated;
      failures.push({ object, error: asNautesError(translated) });
    }
  }
  return { gone, pruned, left, failures };
}
