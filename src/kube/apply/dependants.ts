import { defined } from '../../base/defined.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { mapBounded } from '../../base/async/concurrency.ts';
import type { ListOptions } from '../client/object-requests.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import {
  belongsTo,
  groupOf,
  objectKey,
  type ObjectHead,
  type ObjectOwner,
  ownershipSelector,
  referenceOf,
  isAdopted,
  isOurs,
  type OwnRegistrations,
} from '../../kube-objects/kube-object.ts';
import { applyPhaseOf, type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';

/** What would be lost with our components: made by users, not by us. */
export interface Dependant {
  readonly object: ObjectReference;
  /** `instance` of one of our CRDs, or `content` of one of our namespaces. */
  readonly relation: 'instance' | 'content';
  /** The CRD or namespace it would go with. */
  readonly of: string;
}

export interface DependantsReport {
  /** At most 100, see `total`. */
  readonly dependants: readonly Dependant[];
  readonly total: number;
}

/** On whose behalf objects are removed, and what is known to be theirs. */
export interface Holder {
  readonly owner: ObjectOwner;
  /** Whether a registration of this installation is over: what it has left is ours. */
  readonly isOver?: (incarnation: string) => boolean;
  /** Everything that is being removed: it does not count as somebody else's. */
  readonly entries: readonly InventoryEntry[];
  /** The entries are all of the registration: what else carries its labels is ours and nobody's loss. */
  readonly isWhole?: boolean;
  /** Leave CRDs with instances and namespaces with content that others have made. */
  readonly keepDependants: boolean;
  /** Further names of managers whose objects come from our components. */
  readonly controllers?: readonly string[];
}

/** Lists at a time. */
const PARALLEL_LISTS = 8;
/** Objects of a kind that are checked for one that waits. */
const LOOKED_AT = 250;
/** Dependants that are named; the total is counted. */
const MAXIMUM_NAMED = 100;

/** Kubernetes' own controllers: what only they have made is derived from something else. */
const SYSTEM_MANAGERS =
  /^(kube-controller-manager|kube-scheduler|kube-apiserver|kubelet|cloud-controller-manager|before-first-apply|k3s|GoogleContainerEngine|csi-.*)$/;
/** The name of the binary that most controllers have. */
const GENERIC_CONTROLLERS = ['manager', 'controller'];
/** Kinds that come and go by themselves. */
export const VOLATILE_KINDS = new Set([
  'Event',
  'Endpoints',
  'EndpointSlice',
  'Lease',
  'PodMetrics',
  'ControllerRevision',
]);
/** What every namespace has. */
const NAMESPACE_DEFAULTS = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);

/**
 * What would be lost with our components: instances of our CRDs and objects in our namespaces that neither we nor the
 * components' own controllers have made. For the answer to a deletion; costs one list for each kind and namespace.
 */
export async function findDependants(
  connection: ClusterConnection,
  holder: Omit<Holder, 'keepDependants'>,
  signal: AbortSignal,
): Promise<DependantsReport> {
  const dependants = await allDependants(connection, holder, signal);
  return { dependants: dependants.slice(0, MAXIMUM_NAMED), total: dependants.length };
}

/** The same without a bound. */
export async function allDependants(
  connection: ClusterConnection,
  holder: Omit<Holder, 'keepDependants'>,
  signal: AbortSignal,
): Promise<readonly Dependant[]> {
  await connection.discovery.refresh(signal);
  const complete: Holder = { ...holder, keepDependants: true };
  const ours = await stillOurs(connection, holder, signal);
  const found = new Map<string, Dependant>();
  for (const { name } of ours.filter((entry) => applyPhaseOf(entry) === 'definition')) {
    for (const head of await instancesOfDefinition(connection, name, complete, signal))
      add(found, head, 'instance', name);
  }
  for (const { name } of ours.filter((entry) => applyPhaseOf(entry) === 'namespace')) {
    for (const head of await contentOfNamespace(connection, name, complete, signal)) add(found, head, 'content', name);
  }
  return [...found.values()];
}

/** Definitions and namespaces that a deletion would take: one that was relabelled, as by a take-over, stays with all in it. */
async function stillOurs(
  { client }: ClusterConnection,
  { owner, entries }: Pick<Holder, 'owner' | 'entries'>,
  signal: AbortSignal,
): Promise<readonly InventoryEntry[]> {
  const uids = new Set<string>();
  for (const type of [wellKnown.customResourceDefinition, wellKnown.namespace]) {
    const { items } = await client.listHeads(type, { labelSelector: ownershipSelector(owner) }, signal);
    for (const head of items.filter((item) => belongsTo(item, owner))) uids.add(head.metadata.uid ?? '');
  }
  return entries.filter(({ foreign, uid }) => !foreign && uid !== '' && uids.has(uid));
}

function add(found: Map<string, Dependant>, head: ObjectHead, relation: Dependant['relation'], of: string): void {
  const object = referenceOf(head);
  const key = objectKey(object);
  if (!found.has(key)) found.set(key, { object, relation, of });
}

/** Instances of a CRD (by its name, `plural.group`) that others have made. */
export async function instancesOfDefinition(
  connection: ClusterConnection,
  definition: string,
  holder: Holder,
  signal: AbortSignal,
): Promise<ObjectHead[]> {
  const { discovery } = connection;
  let type = definedType(connection, definition);
  if (type === undefined) {
    await discovery.refresh(signal); // "not known yet" must not pass for "has no instances"
    type = definedType(connection, definition);
  }
  return type === undefined ? [] : await othersOf(connection, type, undefined, holder, signal);
}

function definedType({ discovery }: ClusterConnection, definition: string): ResourceType | undefined {
  const dot = definition.indexOf('.');
  const [plural, group] = [definition.slice(0, dot), definition.slice(dot + 1)];
  return discovery.listableTypes.find((type) => type.plural === plural && groupOf(type.apiVersion) === group);
}

/** An instance, anybody's, that keeps a CRD which is being deleted: it waits for a finalizer itself. */
export async function terminatingInstance(
  connection: ClusterConnection,
  definition: string,
  signal: AbortSignal,
): Promise<ObjectHead | undefined> {
  const type = definedType(connection, definition);
  if (type === undefined) return undefined;
  const { items } = await listTolerantly(connection, type, {}, signal);
  return items.find(
    ({ metadata }) => metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length > 0,
  );
}

/** An object in a namespace that is being deleted and waits for a finalizer, among these resources (`plural.group`). */
export async function terminatingInNamespace(
  connection: ClusterConnection,
  namespace: string,
  resources: readonly string[],
  signal: AbortSignal,
): Promise<ObjectHead | undefined> {
  const nameOf = ({ plural, apiVersion }: ResourceType): string => {
    const group = groupOf(apiVersion);
    return group === '' ? plural : `${plural}.${group}`;
  };
  for (const type of connection.discovery.listableTypes.filter((one) => resources.includes(nameOf(one)))) {
    const { items } = await listTolerantly(connection, type, { namespace, limit: LOOKED_AT }, signal);
    const held = items.find(({ metadata }) => (metadata.finalizers ?? []).length > 0);
    if (held !== undefined) return held;
  }
  return undefined;
}

/** Objects in a namespace that others have made, of all kinds that discovery knows. */
export async function contentOfNamespace(
  connection: ClusterConnection,
  namespace: string,
  holder: Holder,
  signal: AbortSignal,
): Promise<ObjectHead[]> {
  const types = connection.discovery.listableTypes.filter(
    ({ namespaced, kind, apiVersion }) =>
      namespaced && !VOLATILE_KINDS.has(kind) && groupOf(apiVersion) !== 'metrics.k8s.io',
  );
  const lists = await mapBounded(types, PARALLEL_LISTS, (type) =>
    othersOf(connection, type, namespace, holder, signal),
  );
  return lists.flat();
}

async function othersOf(
  connection: ClusterConnection,
  type: ResourceType,
  namespace: string | undefined,
  holder: Holder,
  signal: AbortSignal,
): Promise<ObjectHead[]> {
  const options = defined({ namespace });
  const { items } = await listTolerantly(connection, type, options, signal);
  const ownManagers = controllerNames(holder);
  const ownKeys = new Set(holder.entries.filter(({ foreign }) => !foreign).map(objectKey));
  return items.filter((head) => isOthers(head, holder, ownManagers, ownKeys));
}

/** Without those of a kind that went away meanwhile, or one that cannot be listed although it says so. */
export async function listTolerantly(
  { client }: ClusterConnection,
  type: ResourceType,
  options: ListOptions,
  signal: AbortSignal,
): Promise<{ readonly items: readonly ObjectHead[] }> {
  return await client.listHeads(type, options, signal).catch((error: unknown) => {
    if (error instanceof KubeApiError && [404, 405].includes(error.httpStatus)) return { items: [] };
    throw error;
  });
}

function isOthers(
  head: ObjectHead,
  own: OwnRegistrations & Pick<Holder, 'isWhole'>,
  ownManagers: ReadonlySet<string>,
  ownKeys: ReadonlySet<string>,
): boolean {
  const { metadata, kind } = head;
  if ((metadata.ownerReferences ?? []).length > 0) return false; // goes with its owner, which is judged itself
  if (NAMESPACE_DEFAULTS.has(`${kind} ${metadata.name}`)) return false;
  if (isOurs(head, own) && own.isWhole === true) return isAdopted(head);
  if (belongsTo(head, own.owner)) return !ownKeys.has(objectKey(referenceOf(head))) && isApplied(head);
  if (isOurs(head, own)) return isAdopted(head);
  const managers = (metadata.managedFields ?? []).map(({ manager }) => manager ?? '');
  if (managers.length === 0) return true;
  return !managers.every((manager) => ownManagers.has(manager) || SYSTEM_MANAGERS.test(manager));
}

/** Labels alone are copied to derived objects. */
function isApplied({ metadata }: ObjectHead): boolean {
  return (metadata.managedFields ?? []).some(({ operation }) => operation === 'Apply');
}

/** Under which names the components' controllers appear in managedFields: those of their workloads and accounts. */
function controllerNames({ entries, controllers = [] }: Holder): ReadonlySet<string> {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'ServiceAccount'];
  const names = entries.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  return new Set([...names, ...controllers, ...GENERIC_CONTROLLERS]);
}
