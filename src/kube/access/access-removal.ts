import { sleep } from '../../base/async/timing.ts';
import { defined } from '../../base/defined.ts';
import { isAbort } from '../../errors/errors.ts';
import { holderIn, isHolder, isMadeByNautes, withoutHolder } from '../../kube-objects/holder-mark.ts';
import {
  ACCESS_NAMESPACE,
  belongsTo,
  FIELD_MANAGER,
  INSTALLATION_LABEL,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
  ownershipSelector,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { isInstallationId } from '../../resources/installation.ts';
import type { KubeClient } from '../client/client.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { objectErrorOf } from '../client/object-error.ts';
import { accountName } from './access.ts';

/** How long is looked whether our Namespace ends, as long as a credential still lets us look. */
const REMOVAL_WAIT_MILLISECONDS = 30_000;
const REMOVAL_POLL_MILLISECONDS = 500;

const NAMESPACE_NAME = { namespace: '', name: ACCESS_NAMESPACE };

/** What releases had on every cluster before installations had an identity: at most one installation had these names. */
const FORMER_ACCOUNT = 'nautes';
const FORMER_BINDING = 'nautes-system-cluster-admin';

/**
 * Why our Namespace stays when our access is removed, `undefined` when it goes: it was there before, or another
 * installation holds the cluster or still has its own access in it.
 */
export async function reasonToKeepNamespace(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const namespace = await client.findHead(wellKnown.namespace, NAMESPACE_NAME, signal);
  return namespace === undefined ? undefined : reasonToKeep(client, namespace, owner, signal);
}

async function reasonToKeep(
  client: KubeClient,
  namespace: ObjectHead,
  owner: ObjectOwner,
  signal: AbortSignal,
): Promise<Message | undefined> {
  if (!isMadeByNautes(namespace)) return message('Retained.existedBefore');
  const holder = holderIn(namespace);
  if (holder !== undefined && !isHolder(holder, owner)) {
    const { installation } = holder;
    const isOther = installation !== '' && installation !== owner.installation;
    return isOther ? message('Retained.otherInstallation', { installation }) : message('Retained.noLabel');
  }
  const options = { namespace: ACCESS_NAMESPACE, labelSelector: `${MANAGED_BY_LABEL}=${FIELD_MANAGER}` };
  const { items } = await client.listHeads(wellKnown.serviceAccount, options, signal);
  const other = items.find((account) => !belongsTo(account, owner));
  return other === undefined ? undefined : message('Retained.otherAccess', { installation: installationOf(other) });
}

function installationOf({ metadata }: ObjectHead): string {
  const label = metadata.labels?.[INSTALLATION_LABEL] ?? '';
  return isInstallationId(label) ? label : metadata.name;
}

/**
 * Removes our account, as the very last step. The deletion of the Namespace is requested first, as it needs rights and
 * continues without us; then the binding goes, which ends our rights within milliseconds, so that the answer to whatever
 * we ask next is 401 or 403: that is the end. Everything cluster-scoped is owned by the Namespace, so that nothing stays
 * when we are locked out in the middle. A Namespace that others need stays, and no longer says that we hold the cluster.
 * @returns true when the Namespace was seen to be gone or has to stay, false when we could no longer look
 * @throws NautesError when the deletion of the Namespace is refused, e.g. `ObjectWebhookFailed`: nothing has changed then
 */
export async function removeAccess(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const isRequested = await deleteNamespace(client, owner, signal);
    if (!isRequested) await removeAccount(client, owner, signal);
    await removeBindings(client, owner, signal);
    return !isRequested || (await isGoneSoon(client, owner, signal));
  } catch (error) {
    if (isLockedOut(error)) return false;
    throw error;
  }
}

/** {@link removeAccess} where the Namespace cannot be deleted: it stays, without the account, its tokens and rights. */
export async function endAccess({ client }: ClusterConnection, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  try {
    await removeAccount(client, owner, signal);
    await removeBindings(client, owner, signal);
  } catch (error) {
    if (!isLockedOut(error)) throw error;
  }
}

/**
 * Removes the account that an earlier release had made under a name that all installations shared.
 * @returns what of the inventory is no longer there
 */
export async function removeFormerAccount(
  { client }: ClusterConnection,
  owner: ObjectOwner,
  inventory: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  const former = inventory.filter(
    ({ kind, name }) =>
      (kind === 'ServiceAccount' && name === FORMER_ACCOUNT) ||
      (kind === 'ClusterRoleBinding' && name === FORMER_BINDING),
  );
  for (const { kind, namespace, name } of former) {
    const type = kind === 'ServiceAccount' ? wellKnown.serviceAccount : wellKnown.clusterRoleBinding;
    const head = await client.findHead(type, { namespace, name }, signal);
    if (head !== undefined && belongsTo(head, owner))
      await client.delete(type, { namespace, name }, asSeen(head), signal);
  }
  return former;
}

/** False when the Namespace has to stay; when it is ours, it says that no longer. */
async function deleteNamespace(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<boolean> {
  const namespace = await client.findHead(wellKnown.namespace, NAMESPACE_NAME, signal);
  if (namespace === undefined) return false;
  const holder = holderIn(namespace);
  const isOurs = holder !== undefined && isHolder(holder, owner);
  const isKept = (await reasonToKeep(client, namespace, owner, signal)) !== undefined;
  try {
    if (isKept && isOurs) {
      await client.patch(wellKnown.namespace, NAMESPACE_NAME, 'merge', withoutHolder(namespace), signal);
    }
    if (isKept) return false;
    const { uid, resourceVersion, deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp !== undefined) return true;
    await client.delete(wellKnown.namespace, NAMESPACE_NAME, defined({ uid, resourceVersion }), signal);
    return true;
  } catch (error) {
    throw objectErrorOf(error, referenceOf(namespace));
  }
}

async function removeBindings(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  for (const name of [FORMER_BINDING, accountName(owner)]) {
    const head = await client.findHead(wellKnown.clusterRoleBinding, { namespace: '', name }, signal);
    if (head === undefined || !belongsTo(head, owner)) continue;
    await client.delete(wellKnown.clusterRoleBinding, { namespace: '', name }, asSeen(head), signal);
  }
}

/** In a Namespace that stays: what earlier releases made there, which does not go with the binding. */
async function removeAccount(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<void> {
  const options = { namespace: ACCESS_NAMESPACE, labelSelector: ownershipSelector(owner) };
  for (const type of [wellKnown.secret, wellKnown.serviceAccount]) {
    const { items } = await client.listHeads(type, options, signal);
    for (const head of items.filter((item) => belongsTo(item, owner) && item.metadata.ownerReferences === undefined)) {
      await client.delete(type, { namespace: ACCESS_NAMESPACE, name: head.metadata.name }, asSeen(head), signal);
    }
  }
}

function asSeen({ metadata }: ObjectHead): { readonly uid?: string } {
  return defined({ uid: metadata.uid });
}

async function isGoneSoon(client: KubeClient, owner: ObjectOwner, signal: AbortSignal): Promise<boolean> {
  const end = Date.now() + REMOVAL_WAIT_MILLISECONDS;
  while (Date.now() < end) {
    const head = await client.findHead(wellKnown.namespace, NAMESPACE_NAME, signal);
    if (head === undefined || !belongsTo(head, owner)) return true;
    await sleep(REMOVAL_POLL_MILLISECONDS, signal);
  }
  return false;
}

function isLockedOut(error: unknown): boolean {
  return !isAbort(error) && error instanceof KubeApiError && [401, 403].includes(error.httpStatus);
}
