import { message } from '../../messages/message.ts';
import { defined } from '../../base/defined.ts';
import { isAbort, NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { sleep } from '../../base/async/timing.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { KubeClient } from '../client/client.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { objectErrorOf } from '../client/object-error.ts';
import {
  ACCESS_NAMESPACE,
  belongsTo,
  describeReference,
  FIELD_MANAGER,
  type KubeObject,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
  ownershipLabels,
  ownershipSelector,
  referenceOf,
  revisionOf,
  textAt,
} from '../../kube-objects/kube-object.ts';
import { type ResourceType, resourcePath, wellKnown } from '../../kube-objects/resource-types.ts';

const SERVICE_ACCOUNT = 'nautes';
const CLUSTER_ROLE_BINDING = 'nautes-system-cluster-admin';

/** How long is looked whether our Namespace ends, as long as a credential still lets us look. */
const REMOVAL_WAIT_MILLISECONDS = 30_000;
const REMOVAL_POLL_MILLISECONDS = 500;

export interface AccessRequest {
  readonly owner: ObjectOwner;
  /** Name under which the inventory holds our account. */
  readonly component: string;
}

/** The entries of our own account before it exists: stored before {@link ensureAccess} writes anything. */
export function accessObjects(owner: ObjectOwner, component: string): InventoryEntry[] {
  return manifests(owner, component).map(({ object }) => ({
    ...referenceOf(object),
    component,
    uid: '',
    hash: '',
    revision: '',
    foreign: false,
  }));
}

interface AccessManifest {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

function manifests(
  owner: ObjectOwner,
  component: string,
  namespaceUid = '',
): [AccessManifest, AccessManifest, AccessManifest] {
  const labels = ownershipLabels(owner, component);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: ACCESS_NAMESPACE, uid: namespaceUid };
  return [
    {
      type: wellKnown.namespace,
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ACCESS_NAMESPACE, labels } },
    },
    {
      type: wellKnown.serviceAccount,
      object: {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: SERVICE_ACCOUNT, namespace: ACCESS_NAMESPACE, labels },
        automountServiceAccountToken: false,
      },
    },
    {
      type: wellKnown.clusterRoleBinding,
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: {
          name: CLUSTER_ROLE_BINDING,
          labels,
          // Both are cluster-scoped: the binding is collected when the Namespace has gone, also when we no longer can.
          ...(namespaceUid === '' ? {} : { ownerReferences: [namespace] }),
        },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: SERVICE_ACCOUNT, namespace: ACCESS_NAMESPACE }],
      },
    },
  ];
}

/**
 * Makes our Namespace, ServiceAccount and ClusterRoleBinding what they should be. What an earlier registration has left
 * under these names is taken over; a Namespace that somebody else has made is used and never deleted.
 * @throws NautesError `ObjectTerminating` while our Namespace of before is still being deleted
 */
export async function ensureAccess(
  { client }: ClusterConnection,
  { owner, component }: AccessRequest,
  signal: AbortSignal,
): Promise<InventoryEntry[]> {
  const before = await client.findHead(wellKnown.namespace, { namespace: '', name: ACCESS_NAMESPACE }, signal);
  const foreign = before !== undefined && before.metadata.labels?.[MANAGED_BY_LABEL] !== FIELD_MANAGER;
  const [{ type, object }] = manifests(owner, component);
  const namespace = refuseTerminating(foreign ? before : await applied(client, { type, object }, signal));
  const entries = [entryOf(namespace, component, foreign)];
  const [, ...others] = manifests(owner, component, namespace.metadata.uid);
  for (const item of others) {
    const head = refuseTerminating(await applied(client, item, signal));
    entries.push(entryOf(head, component, false));
  }
  return entries;
}

/** @throws NautesError that names what refused the object, such as an admission webhook */
async function applied(client: KubeClient, { type, object }: AccessManifest, signal: AbortSignal): Promise<ObjectHead> {
  try {
    return await client.applyForHead(type, object, {}, signal);
  } catch (error) {
    throw objectErrorOf(error, referenceOf(object));
  }
}

function refuseTerminating(head: ObjectHead): ObjectHead {
  if (head.metadata.deletionTimestamp === undefined) return head;
  throw new NautesError('ObjectTerminating', { object: describeReference(referenceOf(head)) });
}

function entryOf(head: ObjectHead, component: string, foreign: boolean): InventoryEntry {
  const { uid = '' } = head.metadata;
  return { ...referenceOf(head), component, uid, hash: '', revision: revisionOf(head.metadata), foreign };
}

export interface TokenRequest {
  readonly owner: ObjectOwner;
  /** Name of a Secret that is made for this token alone: deleting it revokes the token. */
  readonly boundSecret: string;
  readonly expirationSeconds: number;
}

export interface IssuedToken {
  readonly material: Secret<CredentialMaterial>;
  /** RFC 3339, by the cluster's clock; it may grant less than was asked for. */
  readonly expiresAt: string;
}

/** A token for our ServiceAccount; {@link ensureAccess} comes first. */
export async function issueToken(
  { client }: ClusterConnection,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const labels = ownershipLabels(request.owner, 'access');
  const metadata = { name: request.boundSecret, namespace: ACCESS_NAMESPACE, labels };
  const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque' };
  const bound = await applied(client, { type: wellKnown.secret, object: secret }, signal);
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      expirationSeconds: request.expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: request.boundSecret, uid: bound.metadata.uid ?? '' },
    },
  };
  const path = `${resourcePath(wellKnown.serviceAccount, ACCESS_NAMESPACE, SERVICE_ACCOUNT)}/token`;
  const answer = await client.json({ method: 'POST', path, body }, signal);
  const token = textAt(answer, 'status', 'token');
  if (token === '') {
    throw new NautesError('ClusterResponseInvalid', {
      address: client.address,
      problem: message('ClusterResponseInvalid.token'),
    });
  }
  return {
    material: new Secret<CredentialMaterial>({ kind: 'token', token }),
    expiresAt: textAt(answer, 'status', 'expirationTimestamp'),
  };
}

/** Ends one token. A token that was used in the last 10 s may live that long; one that is absent is fine. */
export async function revokeToken(
  { client }: ClusterConnection,
  boundSecret: string,
  signal: AbortSignal,
): Promise<void> {
  await client.delete(wellKnown.secret, { namespace: ACCESS_NAMESPACE, name: boundSecret }, {}, signal);
}

/** Ends every token of the registration except those kept: what a crash left between issue and use. */
export async function revokeOtherTokens(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  kept: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const options = { namespace: ACCESS_NAMESPACE, labelSelector: ownershipSelector(owner) };
  const { items } = await client.listHeads(wellKnown.secret, options, signal);
  const others = items
    .filter((item) => belongsTo(item, owner))
    .map(({ metadata }) => metadata.name)
    .filter((name) => !kept.includes(name));
  for (const name of others) await client.delete(wellKnown.secret, { namespace: ACCESS_NAMESPACE, name }, {}, signal);
  return others;
}

/**
 * Takes our account away, as the very last step. The deletion of the Namespace is requested first, as it needs rights and
 * goes on without us; then the binding goes, which ends our rights within milliseconds, so that the answer to whatever
 * we ask next is 401 or 403: that is the end. Everything cluster-scoped is owned by the Namespace, so that nothing stays
 * when we are locked out in the middle.
 * @returns true when the Namespace was seen to be gone, false when we could no longer look
 * @throws NautesError when the deletion of the Namespace is refused, e.g. `ObjectWebhookFailed`: nothing has changed then
 */
export async function removeAccess(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (!(await deleteNamespace(client, owner, signal))) await removeAccount(client, owner, signal);
    await removeBinding(client, owner, signal);
    return await isGoneSoon(client, owner, signal);
  } catch (error) {
    if (isLockedOut(error)) return false;
    throw error;
  }
}

/** {@link removeAccess} where the Namespace cannot be deleted: it stays, without the account, its tokens and rights. */
export async function endAccess({ client }: ClusterConnection, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  try {
    await removeAccount(client, owner, signal);
    await removeBinding(client, owner, signal);
  } catch (error) {
    if (!isLockedOut(error)) throw error;
  }
}

/** False when the Namespace is not ours to delete. */
async function deleteNamespace(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<boolean> {
  const name = { namespace: '', name: ACCESS_NAMESPACE };
  const namespace = await client.findHead(wellKnown.namespace, name, signal);
  if (namespace === undefined || !belongsTo(namespace, owner)) return false;
  try {
    await client.delete(wellKnown.namespace, name, uidOf(namespace), signal);
    return true;
  } catch (error) {
    throw objectErrorOf(error, referenceOf(namespace));
  }
}

async function removeBinding(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  const binding = { namespace: '', name: CLUSTER_ROLE_BINDING };
  const head = await client.findHead(wellKnown.clusterRoleBinding, binding, signal);
  if (head === undefined || !belongsTo(head, owner)) return;
  await client.delete(wellKnown.clusterRoleBinding, binding, uidOf(head), signal);
}

/** In a Namespace that is not ours: the account and its Secrets alone. */
async function removeAccount(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  const options = { namespace: ACCESS_NAMESPACE, labelSelector: ownershipSelector(owner) };
  for (const type of [wellKnown.secret, wellKnown.serviceAccount]) {
    const { items } = await client.listHeads(type, options, signal);
    for (const head of items.filter((item) => belongsTo(item, owner))) {
      await client.delete(type, { namespace: ACCESS_NAMESPACE, name: head.metadata.name }, uidOf(head), signal);
    }
  }
}

function uidOf({ metadata }: ObjectHead): { readonly uid?: string } {
  return defined({ uid: metadata.uid });
}

async function isGoneSoon(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<boolean> {
  const end = Date.now() + REMOVAL_WAIT_MILLISECONDS;
  while (Date.now() < end) {
    const head = await client.findHead(wellKnown.namespace, { namespace: '', name: ACCESS_NAMESPACE }, signal);
    if (head === undefined || !belongsTo(head, owner)) return true;
    await sleep(REMOVAL_POLL_MILLISECONDS, signal);
  }
  return false;
}

function isLockedOut(error: unknown): boolean {
  return !isAbort(error) && error instanceof KubeApiError && [401, 403].includes(error.httpStatus);
}
