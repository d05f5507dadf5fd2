import type { ClusterHolder } from '../../resources/cluster/holder.ts';
import { ACCESS_NAMESPACE, FIELD_MANAGER, MANAGED_BY_LABEL } from '../../kube-objects/kube-object.ts';
import { holderIn } from '../../kube-objects/holder-mark.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ClusterConnection } from '../client/connection.ts';
import type { NamespaceList } from './namespaces.ts';

/** Which installations a cluster says it belongs to. */
export interface HolderFindings {
  /** The one that our Namespace names. */
  readonly holder: ClusterHolder | undefined;
  /** Where it names none: those that have Namespaces of components there. */
  readonly others: readonly ClusterHolder[];
}

/** Which installation has made a Namespace, if one has. */
export async function makerOfNamespace(
  { client }: ClusterConnection,
  name: string,
  signal: AbortSignal,
): Promise<ClusterHolder | undefined> {
  const head = await client.findHead(wellKnown.namespace, { namespace: '', name }, signal);
  return head === undefined || head.metadata.deletionTimestamp !== undefined ? undefined : holderIn(head);
}

/** Asks a cluster who holds it: one request where it is held. @param list without one, what is needed is asked for */
export async function findHolders(
  { client }: ClusterConnection,
  signal: AbortSignal,
  list?: NamespaceList,
): Promise<HolderFindings> {
  const name = ACCESS_NAMESPACE;
  const own =
    list === undefined ? await client.findHead(wellKnown.namespace, { namespace: '', name }, signal) : list.find(name);
  const isThere = own !== undefined && own.metadata.deletionTimestamp === undefined;
  const holder = isThere ? holderIn(own) : undefined;
  if (holder !== undefined) return { holder, others: [] };
  const labelSelector = `${MANAGED_BY_LABEL}=${FIELD_MANAGER}`;
  const made =
    list?.all.filter(({ metadata }) => metadata.labels?.[MANAGED_BY_LABEL] === FIELD_MANAGER) ??
    (await client.listHeads(wellKnown.namespace, { labelSelector }, signal)).items;
  const components = made.filter(
    ({ metadata }) => metadata.name !== ACCESS_NAMESPACE && metadata.deletionTimestamp === undefined,
  );
  return { holder, others: components.flatMap((head) => holderIn(head) ?? []) };
}
