import { forEachBounded, mapBounded } from '../../base/async/concurrency.ts';
import {
  CLUSTER_NAME_LABEL,
  COMPONENT_LABEL,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
  isAppliedByUs,
  isOfFormer,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import type { ClusterHolder } from '../../resources/cluster/holder.ts';
import { type InventoryEntry, reservedComponentNames } from '../../resources/inventory.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { isNotFound } from '../client/kube-error.ts';
import { listTolerantly } from './dependants.ts';

export interface TakeOverRequest {
  readonly owner: ObjectOwner;
  readonly former: ClusterHolder;
  /** Stores what will be ours durably, before the first of it is. */
  readonly recordIntent: (entries: readonly InventoryEntry[]) => Promise<void>;
}

const OF_NAUTES = `${MANAGED_BY_LABEL}=${FIELD_MANAGER}`;
const PARALLEL_LISTS = 6;
const PARALLEL_PATCHES = 8;

/** Managers by which people and other tools make objects: what has such a one was adopted, and is never deleted. */
const MAKERS =
  /^(?:helm|helm-controller|kubectl-.*|kubectl|argocd-controller|kustomize-controller|terraform.*|k3s|before-first-apply)$/i;

/**
 * Makes the objects of a former holder's components ours: the inventory has them before their labels say so. Its own
 * access, and what it has there of virtual clusters, stay what they are.
 * @returns what was taken over
 */
export async function takeOverObjects(
  connection: ClusterConnection,
  { owner, former, recordIntent }: TakeOverRequest,
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  const { client, discovery } = connection;
  await discovery.refresh(signal);
  const found = await mapBounded(discovery.listableTypes, PARALLEL_LISTS, async (type) => {
    const { items } = await listTolerantly(connection, type, { labelSelector: OF_NAUTES }, signal);
    return items.filter((head) => isTaken(head, former)).map((head) => ({ type, head }));
  });
  // Several versions of a kind are listed.
  const taken = [...new Map(found.flat().map((one) => [one.head.metadata.uid, one])).values()];
  const entries = taken.map(({ head }) => entryOf(head));
  if (entries.length > 0) await recordIntent(entries);
  const labels = {
    [INSTALLATION_LABEL]: owner.installation,
    [CLUSTER_NAME_LABEL]: owner.cluster,
    [INCARNATION_LABEL]: owner.incarnation,
  };
  await forEachBounded(taken, PARALLEL_PATCHES, async ({ type, head: { metadata } }) => {
    const name = { namespace: metadata.namespace ?? '', name: metadata.name };
    const body = { metadata: { uid: metadata.uid, labels } };
    await client.patch(type, name, 'merge', body, signal).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  });
  return entries;
}

function isTaken(head: ObjectHead, { installation, incarnation, cluster }: ClusterHolder): boolean {
  const { [COMPONENT_LABEL]: component = '', [CLUSTER_NAME_LABEL]: name } = head.metadata.labels ?? {};
  const isOfCluster = name === undefined || cluster === '' || name === cluster;
  const isComponent = component !== '' && !reservedComponentNames.has(component);
  return isComponent && isOfCluster && isAppliedByUs(head) && isOfFormer(head, installation || incarnation);
}

/** Without a hash, so that it is applied when it is wanted. */
function entryOf(head: ObjectHead): InventoryEntry {
  const managers = (head.metadata.managedFields ?? []).map(({ manager = '' }) => manager);
  return {
    ...referenceOf(head),
    component: head.metadata.labels?.[COMPONENT_LABEL] ?? '',
    uid: head.metadata.uid ?? '',
    hash: '',
    revision: '',
    foreign: managers.some((manager) => MAKERS.test(manager)),
  };
}
