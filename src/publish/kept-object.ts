import { defined } from '../base/defined.ts';
import { sleep } from '../base/async/timing.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { NautesError } from '../errors/errors.ts';
import { type ApplyOptions, type ClusterConnection, differences, KubeApiError, nameOf } from '../kube/index.ts';
import {
  CLUSTER_NAME_LABEL,
  describeReference,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
  isRecord,
  type KubeObject,
  MANAGED_BY_LABEL,
  type ObjectHead,
  type ObjectOwner,
  plainReference,
  referenceOf,
} from '../kube-objects/kube-object.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';
import { message } from '../messages/message.ts';
import type { RetainedObject } from '../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import { inPlace } from './place-error.ts';
import type { PublicationChange, PublicationScope } from './publication.ts';

/** How long a withdrawal waits for the finalizers of others, and how often it looks. */
const HOLD_MILLISECONDS = 5_000;
const LOOK_MILLISECONDS = 500;

/** An object of ours in the management cluster, in a namespace where we may read. */
export interface KeptObject {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** What is applied to its status after it; absent where it has none of ours. */
  readonly status?: readonly StatusPart[];
  /** What has to hold, besides our labels, for an object of that name to be ours. */
  readonly isOurs?: (found: KubeObject) => boolean;
}

/** A part of an object's status that is applied by itself. */
export interface StatusPart {
  readonly object: KubeObject;
  /** Its field manager; ours in general where it is absent. */
  readonly manager?: string;
  /** Nobody is told that it has changed: what it says of the cluster has been told already. */
  readonly isQuiet?: true;
}

/** Who writes conditions: they follow the cluster also while nothing else of the status is known anew. */
export const CONDITIONS_MANAGER = 'nautes-conditions';

/** An object as it is now, and what was written for that. */
export interface KeptResult {
  readonly head: ObjectHead;
  readonly changes: readonly PublicationChange[];
}

/** True when the object is of this installation, whichever cluster it is about. */
export function isOfInstallation(
  { metadata }: ObjectHead,
  { installation }: Pick<ObjectOwner, 'installation'>,
): boolean {
  const { labels = {} } = metadata;
  return labels[MANAGED_BY_LABEL] === FIELD_MANAGER && labels[INSTALLATION_LABEL] === installation;
}

/** True when the object is of this installation, and of a registration of that name. */
export function isOfCluster(object: ObjectHead, owner: ObjectOwner): boolean {
  return isOfInstallation(object, owner) && object.metadata.labels?.[CLUSTER_NAME_LABEL] === owner.cluster;
}

/**
 * Makes one object what it should be: it is read, and written only where it differs. One that is not ours is not touched.
 * @throws NautesError `PublicationForeign`, `PublicationLeaving` while it is being deleted, and those of {@link inPlace}
 */
export async function keepObject(
  kept: KeptObject,
  owner: ObjectOwner,
  scope: PublicationScope,
  signal: AbortSignal,
): Promise<KeptResult> {
  const { object } = kept;
  const reference = referenceOf(object);
  const entry = scope.entries.find((one) => isSameObject(one, object));
  const hash = sha256(canonicalJson(object));
  const found = await findOwn(kept, owner, scope.management, signal);
  if (entry === undefined) await scope.record([intendedEntry(reference, scope.component)]);
  const kind = found === undefined ? 'published' : changeOf(kept, found, entry?.hash === hash);
  const current = found !== undefined && kind === undefined ? found : await apply(kept, object, scope, signal);
  const { head, isTold } = await keepStatus(kept, current, scope, signal);
  const change = kind ?? (isTold ? 'updated' : undefined);
  const { uid = '' } = head.metadata;
  if (entry?.uid !== uid || entry.hash !== hash) {
    await scope.record([{ ...intendedEntry(reference, scope.component), uid, hash }]);
  }
  return { head, changes: change === undefined ? [] : [said(change, reference)] };
}

/** Makes the status of an object that is there what it should be; nothing is written where it is that. */
export async function keepStatus(
  { type, status = [] }: Pick<KeptObject, 'type' | 'status'>,
  found: KubeObject,
  scope: Pick<PublicationScope, 'management'>,
  signal: AbortSignal,
): Promise<KeptStatus> {
  let [head, isTold] = [found, false];
  for (const { object, manager, isQuiet = false } of status) {
    if (!statusDiffers(object, head)) continue;
    const options = { subresource: 'status', ...defined({ manager }) } as const;
    head = await apply({ type, options }, object, scope, signal);
    isTold ||= !isQuiet;
  }
  return { head, isTold };
}

interface KeptStatus {
  readonly head: KubeObject;
  /** Something was written that people are told of. */
  readonly isTold: boolean;
}

/** Writes the status of an object of ours that is there; one that is not, or not ours, or going, is left. */
export async function followStatus(
  kept: Pick<KeptObject, 'type' | 'status'>,
  entry: InventoryEntry,
  owner: ObjectOwner,
  scope: Pick<PublicationScope, 'management'>,
  signal: AbortSignal,
): Promise<void> {
  const found = await inPlace(scope.management.client.find(kept.type, nameOf(entry), signal), signal, entry);
  if (found === undefined || !isOfCluster(found, owner) || found.metadata.deletionTimestamp !== undefined) return;
  await keepStatus(kept, found, scope, signal);
}

async function apply(
  { type, options = {} }: { readonly type: ResourceType; readonly options?: ApplyOptions },
  object: KubeObject,
  { management }: Pick<PublicationScope, 'management'>,
  signal: AbortSignal,
): Promise<KubeObject> {
  const answer = management.client.apply(type, object, options, signal);
  return refuseLeaving(await inPlace(answer, signal, object));
}

/** The object of that name when it is ours. @throws NautesError `PublicationForeign`, `PublicationLeaving` */
async function findOwn(
  { type, object, isOurs = () => true }: KeptObject,
  owner: ObjectOwner,
  { client }: ClusterConnection,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const reference = referenceOf(object);
  const found = await inPlace(client.find(type, nameOf(reference), signal), signal, reference);
  if (found === undefined) return undefined;
  if (!isOfCluster(found, owner) || !isOurs(found)) {
    throw new NautesError('PublicationForeign', { object: describeReference(reference) });
  }
  return refuseLeaving(found);
}

/** An object that is being deleted takes every write and goes all the same. */
function refuseLeaving(object: KubeObject): KubeObject {
  if (object.metadata.deletionTimestamp === undefined) return object;
  throw new NautesError('PublicationLeaving', {
    object: describeReference(referenceOf(object)),
    finalizers: object.metadata.finalizers ?? [],
  });
}

function changeOf({ object }: KeptObject, found: KubeObject, isSame: boolean): PublicationChange['kind'] | undefined {
  if (!isSame) return 'updated';
  return differences(object, found).length > 0 ? 'repaired' : undefined;
}

function said(kind: PublicationChange['kind'], reference: ReturnType<typeof referenceOf>): PublicationChange {
  const object = describeReference(reference);
  if (kind === 'published') return { kind, message: message('PublicationMade', { object }) };
  if (kind === 'repaired') return { kind, message: message('PublicationSetBack', { object }) };
  return { kind, message: message('PublicationChanged', { object }) };
}

/** Status is compared as it is merged: lists by the key of their items. Properties of ours that are no longer said go. */
function statusDiffers(desired: KubeObject, found: KubeObject): boolean {
  const [wanted, live] = [byKey(desired['status']), byKey(found['status'])];
  return differences(wanted, live).length > 0 || hasFormerProperty(wanted, live);
}

function hasFormerProperty(wanted: unknown, live: unknown): boolean {
  const names = (status: unknown): readonly string[] => {
    const properties = isRecord(status) ? status['properties'] : undefined;
    return isRecord(properties) ? Object.keys(properties) : [];
  };
  const known = new Set(names(wanted));
  if (!isRecord(wanted) || wanted['properties'] === undefined) return false;
  return names(live).some((name) => name.startsWith('cluster.nautes.io/') && !known.has(name));
}

/** Lists whose items have a name or a type, and empty ones, as objects, recursively. */
function byKey(value: unknown): unknown {
  if (Array.isArray(value)) {
    const keyed = value.map((item): readonly [unknown, unknown] => [keyOf(item), byKey(item)]);
    return keyed.every(([key]) => typeof key === 'string')
      ? Object.fromEntries(keyed as [string, unknown][])
      : value.map(byKey);
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, byKey(member)]));
}

function keyOf(item: unknown): unknown {
  return isRecord(item) ? (item['name'] ?? item['type']) : undefined;
}

/** The entry of an object that is only intended. */
export function intendedEntry(object: ObjectReference, component: string): InventoryEntry {
  return { ...plainReference(object), component, uid: '', hash: '', revision: '', foreign: false };
}

function isSameObject(entry: InventoryEntry, object: ObjectHead): boolean {
  const { kind, namespace, name } = referenceOf(object);
  return entry.kind === kind && entry.namespace === namespace && entry.name === name;
}

/** Without its definition there is no object. */
function undefinedWhenNotServed(error: unknown): undefined {
  if (error instanceof KubeApiError && error.isNotServed) return undefined;
  throw error;
}

/**
 * Deletes an object of ours and waits a moment for the finalizers of others. One that is not ours is not touched.
 * @returns why it stays; `undefined` when it is gone
 */
export async function removeKept(
  type: ResourceType,
  entry: InventoryEntry,
  owner: ObjectOwner,
  { client }: ClusterConnection,
  signal: AbortSignal,
): Promise<RetainedObject['reason'] | undefined> {
  const find = () => inPlace(client.findHead(type, nameOf(entry), signal).catch(undefinedWhenNotServed), signal, entry);
  const found = await find();
  if (found === undefined) return undefined;
  const isOfRegistration = found.metadata.labels?.[INCARNATION_LABEL] === owner.incarnation;
  if (!isOfCluster(found, owner) || !isOfRegistration) return message('Retained.notOurs');
  const { uid = '' } = found.metadata;
  let staying = await inPlace(client.delete(type, nameOf(entry), { uid }, signal), signal, entry);
  for (let waited = 0; staying !== undefined && waited < HOLD_MILLISECONDS; waited += LOOK_MILLISECONDS) {
    await sleep(LOOK_MILLISECONDS, signal);
    const head = await find();
    staying = head?.metadata.uid === uid ? head : undefined;
  }
  const finalizers = staying?.metadata.finalizers ?? [];
  return staying === undefined ? undefined : message('Retained.finalizers', { finalizers });
}
