import { mapBounded } from '../../base/async/concurrency.ts';
import { ACCESS_COMPONENT, type InventoryEntry, LEFT_BEHIND_COMPONENT } from '../../resources/inventory.ts';
import type { ClusterConnection } from '../client/connection.ts';
import {
  COMPONENT_LABEL,
  groupOf,
  INCARNATION_LABEL,
  isAdopted,
  isAppliedByUs,
  isOurs,
  objectKey,
  type ObjectHead,
  type OwnRegistrations,
  referenceOf,
  revisionOf,
} from '../../kube-objects/kube-object.ts';
import { listTolerantly, VOLATILE_KINDS } from './dependants.ts';

/** Lists at a time. */
const PARALLEL_LISTS = 8;

/**
 * What we made on the cluster and no inventory has any more: of this registration, or of one that is over. Costs a list
 * for each kind. Our own access is not among it: that goes with its namespace.
 */
export async function findLeftBehind(
  connection: ClusterConnection,
  own: OwnRegistrations,
  inventory: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  await connection.discovery.refresh(signal);
  const known = new Set(inventory.map(objectKey));
  const types = connection.discovery.listableTypes.filter(
    ({ kind, apiVersion }) => !VOLATILE_KINDS.has(kind) && groupOf(apiVersion) !== 'metrics.k8s.io',
  );
  const lists = await mapBounded(types, PARALLEL_LISTS, (type) =>
    listTolerantly(connection, type, { labelSelector: INCARNATION_LABEL }, signal),
  );
  const entries = lists
    .flatMap(({ items }) => items)
    .filter((head) => isMadeFor(head, own) && !known.has(objectKey(referenceOf(head))))
    .map(entryOf);
  return [...new Map(entries.map((entry) => [entry.uid, entry])).values()]; // several versions of a kind are listed
}

/** Labels alone are copied to derived objects. */
function isMadeFor(head: ObjectHead, own: OwnRegistrations): boolean {
  const { labels, ownerReferences = [] } = head.metadata;
  const isAccess = labels?.[COMPONENT_LABEL] === ACCESS_COMPONENT;
  return isOurs(head, own) && isAppliedByUs(head) && ownerReferences.length === 0 && !isAccess;
}

function entryOf(head: ObjectHead): InventoryEntry {
  return {
    ...referenceOf(head),
    component: LEFT_BEHIND_COMPONENT,
    uid: head.metadata.uid ?? '',
    hash: '',
    revision: revisionOf(head.metadata),
    foreign: isAdopted(head),
  };
}
