import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { isInstallationId } from '../../resources/installation.ts';
import { nameOf } from '../client/object-requests.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { contentOfNamespace, type Holder, instancesOfDefinition } from './dependants.ts';
import { canBeSetBack, whyAdoptedStays } from './adoption.ts';
import { releaseAdopted } from './release.ts';
import { KubeApiError } from '../client/kube-error.ts';
import {
  groupOf,
  INSTALLATION_LABEL,
  isAppliedByUs,
  isOfOther,
  type ObjectHead,
  isOurs,
  type OwnRegistrations,
} from '../../kube-objects/kube-object.ts';
import { applyPhaseOf, kindRank, type ResourceType } from '../../kube-objects/resource-types.ts';

export type RemovalOutcome =
  /** It was not there. */
  | { readonly state: 'absent' }
  /** It was there, and is gone. */
  | { readonly state: 'deleted'; readonly uid: string }
  /** Deletion was accepted and something holds the object: finalizers, or the content of a namespace. */
  | { readonly state: 'deleting'; readonly head: ObjectHead }
  /** Left on purpose; `ours` when it is still ours and might go later. */
  | { readonly state: 'left'; readonly reason: Message; readonly ours: boolean; readonly uid?: string };

/**
 * The order that worked for every component, webhooks in front of namespaces included: webhook configurations and
 * APIServices, instances of our CRDs (while their controllers run), everything else in reverse, CRDs, namespaces.
 * @param inventory what says which CRDs are ours, where that is more than the entries
 */
export function removalOrder<T extends InventoryEntry>(
  entries: readonly T[],
  inventory: readonly InventoryEntry[] = entries,
): [T[], T[], T[], T[], T[]] {
  const definedGroups = new Set(
    inventory
      .filter((entry) => applyPhaseOf(entry) === 'definition')
      .map(({ name }) => name.slice(name.indexOf('.') + 1)),
  );
  const isInstance = (entry: T) => definedGroups.has(groupOf(entry.apiVersion));
  const inPhase = (phase: string) => entries.filter((entry) => applyPhaseOf(entry) === phase);
  const regular = inPhase('regular').toSorted((left, right) => kindRank(right.kind) - kindRank(left.kind));
  return [
    inPhase('gate'),
    regular.filter(isInstance),
    regular.filter((entry) => !isInstance(entry)),
    inPhase('definition'),
    inPhase('namespace'),
  ];
}

/** What a removal would do with one object. */
export type OwnedExamination =
  | Exclude<RemovalOutcome, { readonly state: 'deleted' }>
  /** It existed before us and carries our labels. */
  | { readonly state: 'adopted'; readonly reason: Message; readonly type: ResourceType; readonly head: ObjectHead }
  /** It is ours and would be deleted, as far as its use by others does not keep it. */
  | { readonly state: 'present'; readonly type: ResourceType; readonly head: ObjectHead };

/**
 * Looks whether one object is ours: it carries the labels of our registration, managedFields name us with operation Apply, and
 * it did not exist before us.
 * @throws NautesError `ApiGroupUnavailable` when its kind cannot be asked for now, or the error of the request
 */
export async function examineOwned(
  connection: ClusterConnection,
  entry: InventoryEntry,
  own: OwnRegistrations,
  signal: AbortSignal,
): Promise<OwnedExamination> {
  const { client, discovery } = connection;
  const type = await discovery.resolve(entry.apiVersion, entry.kind, signal);
  if (type === undefined) {
    if (discovery.staleGroupVersions.includes(entry.apiVersion))
      throw discovery.notServed(entry.apiVersion, entry.kind);
    return { state: 'absent' }; // without its CRD there are no instances
  }
  const head = await client.findHead(type, nameOf(entry), signal).catch(undefinedWhenNotServed);
  if (head === undefined) return { state: 'absent' };
  if (isOfOther(head, own.owner.installation)) return { state: 'left', reason: otherOwner(head), ours: false };
  if (isReplaced(entry, head, own)) return { state: 'absent' };
  if (entry.foreign) return adopted(type, head, entry, own);
  if (!isOurs(head, own)) return { state: 'left', reason: message('Retained.noLabel'), ours: false };
  if (!isAppliedByUs(head)) return { state: 'left', reason: message('Retained.notApplied'), ours: false };
  if (head.metadata.deletionTimestamp !== undefined) return { state: 'deleting', head };
  return { state: 'present', type, head };
}

/** The one that we knew has gone, and somebody else has made another under its name. */
function isReplaced({ uid }: InventoryEntry, head: ObjectHead, own: OwnRegistrations): boolean {
  return uid !== '' && uid !== head.metadata.uid && !isOurs(head, own);
}

function adopted(type: ResourceType, head: ObjectHead, entry: InventoryEntry, own: OwnRegistrations): OwnedExamination {
  const { former = [], uid } = entry;
  const isSame = uid === '' || uid === head.metadata.uid; // another one of that name is as its owner wants it
  if (!isSame) return { state: 'left', reason: message('Retained.existedBefore'), ours: false };
  const reason = whyAdoptedStays(former);
  const isReleased = !isOurs(head, own) && !(canBeSetBack(former) && isAppliedByUs(head));
  return isReleased ? { state: 'left', reason, ours: false } : { state: 'adopted', reason, type, head };
}

/**
 * Deletes one object if it is ours, see {@link examineOwned}. The deletion is bound to the UID that was checked.
 * @throws NautesError `ApiGroupUnavailable` when its kind cannot be asked for now, or the error of the request
 */
export async function deleteOwned(
  connection: ClusterConnection,
  entry: InventoryEntry,
  holder: Holder,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  const examined = await examineOwned(connection, entry, holder, signal);
  if (examined.state === 'adopted') {
    const { type, head } = examined;
    await releaseAdopted(connection, { type, head, former: entry.former ?? [] }, signal);
    return { state: 'left', reason: examined.reason, ours: false };
  }
  if (examined.state !== 'present') return examined;
  const { uid = '' } = examined.head.metadata;
  const use = holder.keepDependants ? await otherUse(connection, entry, holder, signal) : undefined;
  if (use !== undefined) return { state: 'left', reason: use, ours: true, uid };
  return await deleteNow(connection, examined.type, examined.head, signal);
}

/**
 * Deletes the instances of a CRD that users have made.
 * @returns those that wait for a finalizer
 */
export async function deleteInstances(
  connection: ClusterConnection,
  definition: string,
  holder: Holder,
  signal: AbortSignal,
): Promise<readonly ObjectHead[]> {
  const staying: ObjectHead[] = [];
  for (const head of await instancesOfDefinition(connection, definition, holder, signal)) {
    const type = await connection.discovery.resolve(head.apiVersion, head.kind, signal);
    if (type === undefined) continue;
    const isEnding = head.metadata.deletionTimestamp !== undefined;
    const outcome = isEnding ? { state: 'deleting' as const, head } : await deleteNow(connection, type, head, signal);
    if (outcome.state === 'deleting') staying.push(outcome.head);
  }
  return staying;
}

async function deleteNow(
  { client }: ClusterConnection,
  type: ResourceType,
  head: ObjectHead,
  signal: AbortSignal,
): Promise<RemovalOutcome> {
  const name = { namespace: head.metadata.namespace ?? '', name: head.metadata.name };
  const uid = head.metadata.uid ?? '';
  const staying = await client.delete(type, name, uid === '' ? {} : { uid }, signal);
  return staying === undefined ? { state: 'deleted', uid } : { state: 'deleting', head: staying };
}

/** Why a CRD or namespace has to stay: what others have made would go with it. */
async function otherUse(
  connection: ClusterConnection,
  entry: InventoryEntry,
  holder: Holder,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const phase = applyPhaseOf(entry);
  if (phase === 'definition') {
    const instances = await instancesOfDefinition(connection, entry.name, holder, signal);
    return instances.length === 0 ? undefined : message('Retained.instances', { count: instances.length });
  }
  if (phase !== 'namespace') return undefined;
  const content = await contentOfNamespace(connection, entry.name, holder, signal);
  return content.length === 0 ? undefined : message('Retained.content', { count: content.length });
}

/** The cluster was taken over from us: what it has is the other installation's now. */
function otherOwner({ metadata }: ObjectHead): Message {
  const installation = metadata.labels?.[INSTALLATION_LABEL] ?? '';
  return isInstallationId(installation)
    ? message('Retained.otherInstallation', { installation })
    : message('Retained.noLabel');
}

function undefinedWhenNotServed(error: unknown): undefined {
  if (error instanceof KubeApiError && error.isNotServed) return undefined;
  throw error;
}
