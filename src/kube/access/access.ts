import { defined } from '../../base/defined.ts';
import { holderAnnotations, holderIn, holderTimes, isHolder, isMadeByNautes } from '../../kube-objects/holder-mark.ts';
import {
  ACCESS_NAMESPACE,
  type KubeObject,
  type ObjectHead,
  type ObjectMetadata,
  type ObjectOwner,
  ownershipLabels,
  referenceOf,
  revisionOf,
} from '../../kube-objects/kube-object.ts';
import { type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';
import { type ClusterHolder, heldByOther, holderIdentity } from '../../resources/cluster/holder.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { KubeClient } from '../client/client.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { readNamespaceHold } from '../client/namespace-hold.ts';
import { objectErrorOf, terminatingError } from '../client/object-error.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';

/** Name of an installation's account, and of the binding that gives it its rights. */
export function accountName({ installation }: ObjectOwner): string {
  return `nautes-${installation}`;
}

const NAMESPACE_NAME = { namespace: '', name: ACCESS_NAMESPACE };

export interface AccessRequest {
  readonly owner: ObjectOwner;
  /** Name under which the inventory holds our account. */
  readonly component: string;
  /** The holder as it was found, who is followed; absent when the cluster had none. */
  readonly follows: ClusterHolder | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/** The entries of our own account before it exists: stored before {@link ensureAccess} writes anything. */
export function accessObjects(owner: ObjectOwner, component: string): InventoryEntry[] {
  return [namespaceManifest, bindingManifest, accountManifest]
    .map((manifest) => manifest(owner, component))
    .map(({ object }) => ({
      ...referenceOf(object),
      component,
      uid: '',
      hash: '',
      revision: '',
      foreign: false,
    }));
}

/** An object that our access consists of. */
export interface AccessManifest {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

function namespaceManifest(owner: ObjectOwner, component: string): AccessManifest {
  const metadata = { name: ACCESS_NAMESPACE, labels: ownershipLabels(owner, component) };
  return { type: wellKnown.namespace, object: { apiVersion: 'v1', kind: 'Namespace', metadata } };
}

/**
 * The binding is collected when the Namespace has gone, and the account with its tokens when the binding has: deleting one
 * of them is the last thing that we can do, and nothing of the rest stays.
 */
function bindingManifest(owner: ObjectOwner, component: string, namespaceUid = ''): AccessManifest {
  const name = accountName(owner);
  const labels = ownershipLabels(owner, component);
  return {
    type: wellKnown.clusterRoleBinding,
    object: {
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels, ...ownedBy('v1', 'Namespace', ACCESS_NAMESPACE, namespaceUid) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: ACCESS_NAMESPACE }],
    },
  };
}

function accountManifest(owner: ObjectOwner, component: string, bindingUid = ''): AccessManifest {
  const name = accountName(owner);
  const labels = ownershipLabels(owner, component);
  const references = ownedBy(RBAC, 'ClusterRoleBinding', name, bindingUid);
  return {
    type: wellKnown.serviceAccount,
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: ACCESS_NAMESPACE, labels, ...references },
      automountServiceAccountToken: false,
    },
  };
}

/** As the owner of what is collected with it; nothing when its UID is not known. */
export function ownedBy(
  apiVersion: string,
  kind: string,
  name: string,
  uid: string,
): Pick<ObjectMetadata, 'ownerReferences'> {
  return uid === '' ? {} : { ownerReferences: [{ apiVersion, kind, name, uid }] };
}

/**
 * Makes our Namespace, ServiceAccount and ClusterRoleBinding what they should be and says in the Namespace that we hold the
 * cluster. A Namespace that was not made by Nautes is used and never deleted.
 * @throws NautesError `ClusterHeldByOther` when the holder is not the one that is followed, `ObjectTerminating` while our
 *   Namespace of before is still being deleted
 */
export async function ensureAccess(
  { client }: ClusterConnection,
  request: AccessRequest,
  signal: AbortSignal,
): Promise<InventoryEntry[]> {
  const { owner, component } = request;
  const { head, foreign } = await holdCluster(client, request, signal);
  const apply = async (item: AccessManifest): Promise<ObjectHead> =>
    refuseTerminating(await applied(client, item, signal));
  const binding = await apply(bindingManifest(owner, component, head.metadata.uid));
  const account = await apply(accountManifest(owner, component, binding.metadata.uid));
  return [entryOf(head, component, foreign), ...[binding, account].map((one) => entryOf(one, component, false))];
}

/** Of two that come at the same time one is refused: the Namespace is created once, and changed only as it was seen. */
async function holdCluster(
  client: KubeClient,
  { owner, component, follows, now }: AccessRequest,
  signal: AbortSignal,
): Promise<{ readonly head: ObjectHead; readonly foreign: boolean }> {
  const { type, object } = namespaceManifest(owner, component);
  const made = follows === undefined ? await createUnlessThere(client, object, signal) : undefined;
  const before =
    made ??
    (await client.findHead(type, NAMESPACE_NAME, signal)) ??
    (await client.create(type, object, {}, signal).catch(asObjectError(object)));
  if (before.metadata.deletionTimestamp !== undefined) {
    const hold = await readNamespaceHold(client, ACCESS_NAMESPACE, signal);
    throw terminatingError(before, hold.message);
  }
  const holder = holderIn(before);
  const isOurs = holder !== undefined && isHolder(holder, owner);
  const isFollowed =
    holder === undefined || (follows !== undefined && holderIdentity(holder) === holderIdentity(follows));
  if (!isOurs && !isFollowed) throw heldByOther(holder);
  const times = { acquiredAt: (isOurs ? holder.acquiredAt : '') || now, renewedAt: now };
  const foreign = !isMadeByNautes(before);
  const metadata = foreign
    ? { name: ACCESS_NAMESPACE, ...holderAnnotations(owner, times) }
    : { ...object.metadata, ...holderTimes(times) };
  const { resourceVersion } = before.metadata;
  const marked = { ...object, metadata: { ...metadata, ...defined({ resourceVersion }) } };
  return { head: refuseTerminating(await applied(client, { type, object: marked }, signal)), foreign };
}

/** Says that we still hold the cluster. */
export async function renewHolder(
  { client }: ClusterConnection,
  holder: ClusterHolder,
  now: string,
  signal: AbortSignal,
): Promise<void> {
  const metadata = holderTimes({ ...holder, renewedAt: now });
  await client.patch(wellKnown.namespace, NAMESPACE_NAME, 'merge', { metadata }, signal);
}

/** A Namespace that most likely is not there. @returns `undefined` when it is all the same */
async function createUnlessThere(
  client: KubeClient,
  namespace: KubeObject,
  signal: AbortSignal,
): Promise<ObjectHead | undefined> {
  try {
    return await client.create(wellKnown.namespace, namespace, {}, signal);
  } catch (error) {
    if (error instanceof KubeApiError && error.httpStatus === 409) return undefined;
    throw objectErrorOf(error, referenceOf(namespace));
  }
}

function asObjectError(object: KubeObject): (error: unknown) => never {
  return (error) => {
    throw objectErrorOf(error, referenceOf(object));
  };
}

/** @throws NautesError that names what refused the object, such as an admission webhook */
export async function applied(
  client: KubeClient,
  { type, object }: AccessManifest,
  signal: AbortSignal,
): Promise<ObjectHead> {
  try {
    return await client.applyForHead(type, object, {}, signal);
  } catch (error) {
    throw objectErrorOf(error, referenceOf(object));
  }
}

function refuseTerminating(head: ObjectHead): ObjectHead {
  if (head.metadata.deletionTimestamp === undefined) return head;
  throw terminatingError(head);
}

function entryOf(head: ObjectHead, component: string, foreign: boolean): InventoryEntry {
  const { uid = '' } = head.metadata;
  return { ...referenceOf(head), component, uid, hash: '', revision: revisionOf(head.metadata), foreign };
}
