import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { nameOf } from '../client/object-requests.ts';
import { mapBounded } from '../../base/async/concurrency.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { stateOf } from './health-rules.ts';
import type { ObjectState } from './object-state.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import {
  FIELD_MANAGER,
  groupOf,
  type KubeObject,
  MANAGED_BY_LABEL,
  objectKey,
  plainReference,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { podProblem } from './pod-problems.ts';
import type { SharedLooks } from './shared-looks.ts';
import { applyPhaseOf, type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';

export interface HealthProblem {
  readonly object: ObjectReference;
  readonly state: 'InProgress' | 'Failed';
  /** CamelCase. */
  readonly reason: string;
  readonly message: Message;
}

export interface HealthReport {
  readonly total: number;
  readonly ready: number;
  readonly problems: readonly HealthProblem[];
  /** Definitions that were not looked at while there was another problem; they count as ready. */
  readonly postponed?: readonly InventoryEntry[];
}

export interface HealthOptions {
  /** Whether the pods of a workload that is not ready are asked why; true by default. */
  readonly readsPods?: boolean;
  /**
   * When all of the objects had been seen on the cluster, in milliseconds of `performance.now()`. What only has to be there
   * is not read again then, and definitions come last: what was asked of them since is enough.
   */
  readonly appliedAt?: number;
  /** Those of the other components, with whom lists of workloads are shared; only with `appliedAt`. */
  readonly looks?: SharedLooks | undefined;
}

interface Look {
  readonly connection: ClusterConnection;
  readonly readsPods: boolean;
  readonly appliedAt: number | undefined;
  readonly looks: SharedLooks | undefined;
}

/** Kinds and namespaces that are read at a time. */
const PARALLEL_READS = 8;
/** So many objects of a kind in one namespace are read by a list. */
const LISTED_FROM = 2;

/** Kinds of Kubernetes itself whose status says more than that they exist; every other kind of it is ready at once. */
const KINDS_WITH_STATUS: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'PersistentVolumeClaim', 'Pod'],
  apps: ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  batch: ['Job'],
  'apiregistration.k8s.io': ['APIService'],
};
const BUILT_IN_GROUPS =
  /^(|apps|batch|autoscaling|policy|(admissionregistration|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage)\.k8s\.io)$/;

/** Workloads whose pods tell why they are not ready. */
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/**
 * How the objects of a component are: workloads, APIServices and custom resources by their status, CRDs by whether
 * their kind is served, everything else by being in the inventory as applied. Objects that were never applied count as
 * in progress.
 */
export async function componentHealth(
  connection: ClusterConnection,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
  { readsPods = true, appliedAt, looks }: HealthOptions = {},
): Promise<HealthReport> {
  const look: Look = { connection, readsPods, appliedAt, looks };
  const problems: HealthProblem[] = [];
  const present = entries.filter((entry) => entry.uid !== '');
  for (const entry of entries.filter(({ uid }) => uid === '')) {
    problems.push(problem(entry, { state: 'InProgress', reason: 'NotApplied', message: message('NotApplied') }));
  }
  const isRead = (entry: InventoryEntry): boolean => appliedAt === undefined || !isNamespace(entry);
  const readable = present.filter((entry) => !isDefinition(entry) && hasStatus(entry) && isRead(entry));
  const places = [
    ...Map.groupBy(readable, ({ apiVersion, kind, namespace }) => `${apiVersion} ${kind} ${namespace}`).values(),
  ];
  const found = await mapBounded(places, PARALLEL_READS, (items) => problemsOf(look, items, signal));
  problems.push(...found.flat());
  const definitions = present.filter(isDefinition);
  const isPostponed = appliedAt !== undefined && problems.length > 0 && definitions.length > 0;
  if (!isPostponed) problems.push(...(await definitionProblems(connection, definitions, appliedAt, signal)));
  const affected = new Set(problems.map(({ object }) => objectKey(object)));
  const counts = { total: entries.length, ready: entries.length - affected.size };
  return { ...counts, problems, ...(isPostponed && { postponed: definitions }) };
}

/** A workload has another status some time after it was written. */
export function isWorkload({ kind }: Pick<ObjectReference, 'kind'>): boolean {
  return WORKLOADS.has(kind);
}

function isNamespace({ apiVersion, kind }: InventoryEntry): boolean {
  return apiVersion === 'v1' && kind === 'Namespace';
}

function isDefinition(entry: InventoryEntry): boolean {
  return applyPhaseOf(entry) === 'definition';
}

function hasStatus(entry: InventoryEntry): boolean {
  const group = groupOf(entry.apiVersion);
  return BUILT_IN_GROUPS.test(group) ? (KINDS_WITH_STATUS[group]?.includes(entry.kind) ?? false) : true;
}

/** A CRD can have 350 KB: whether its kind is served tells the same for one small request. */
async function definitionProblems(
  connection: ClusterConnection,
  definitions: readonly InventoryEntry[],
  appliedAt: number | undefined,
  signal: AbortSignal,
): Promise<HealthProblem[]> {
  if (definitions.length === 0) return [];
  const { discovery } = connection;
  await (appliedAt === undefined ? discovery.refreshGroups(signal) : discovery.groupsSince(appliedAt, signal));
  const served = servedNames(discovery.listableTypes);
  const missing = definitions.filter(({ name }) => !served.has(name));
  const states = await mapBounded(missing, PARALLEL_READS, async (entry) => {
    const object = await connection.client.find(wellKnown.customResourceDefinition, nameOf(entry), signal);
    return { entry, state: object === undefined ? ABSENT : stateOf(object) };
  });
  return states.filter(({ state }) => state.state !== 'Current').map(({ entry, state }) => problem(entry, state));
}

const ABSENT: ObjectState = { state: 'InProgress', reason: 'Missing', message: message('Missing') };

/** `plural.group` of every kind that is served: the names of CRDs. */
function servedNames(types: readonly ResourceType[]): ReadonlySet<string> {
  return new Set(types.map(({ plural, apiVersion }) => `${plural}.${groupOf(apiVersion)}`));
}

/** Problems of entries of one kind in one namespace. */
async function problemsOf(
  look: Look,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<readonly HealthProblem[]> {
  const { connection } = look;
  const [{ apiVersion, kind } = { apiVersion: '', kind: '' }] = entries;
  const type = await connection.discovery.resolve(apiVersion, kind, signal);
  if (type === undefined) {
    const state = { state: 'InProgress', reason: 'KindNotServed', message: message('KindNotServed.object') } as const;
    return entries.map((entry) => problem(entry, state));
  }
  const objects = await readObjects(look, type, entries, signal);
  const problems: HealthProblem[] = [];
  for (const entry of entries) {
    const found = await objectProblem(look, entry, objects.get(entry.name), signal);
    if (found !== undefined) problems.push(found);
  }
  return problems;
}

/** By name; several are read by one list of ours. */
async function readObjects(
  { connection: { client }, appliedAt, looks }: Look,
  type: ResourceType,
  entries: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KubeObject>> {
  const [{ namespace } = { namespace: '' }] = entries;
  const found = new Map<string, KubeObject>();
  if (looks !== undefined && appliedAt !== undefined && isWorkload(type)) {
    const objects = await looks.ofType(client, type, appliedAt, signal);
    for (const entry of entries) {
      const object = objects.get(objectKey(entry));
      if (object !== undefined) found.set(entry.name, object);
    }
  } else if (entries.length >= LISTED_FROM) {
    const labelSelector = `${MANAGED_BY_LABEL}=${FIELD_MANAGER}`;
    const { items } = await client.list(type, { namespace, labelSelector }, signal);
    for (const object of items) found.set(object.metadata.name, object);
  }
  for (const entry of entries.filter(({ name }) => !found.has(name))) {
    const object = await client.find(type, nameOf(entry), signal);
    if (object !== undefined) found.set(entry.name, object);
  }
  return found;
}

async function objectProblem(
  { connection, readsPods }: Look,
  entry: InventoryEntry,
  object: KubeObject | undefined,
  signal: AbortSignal,
): Promise<HealthProblem | undefined> {
  if (object === undefined) return problem(entry, ABSENT);
  const state = stateOf(object);
  if (state.state === 'Current') return undefined;
  const cause = readsPods && WORKLOADS.has(object.kind) ? await podCause(connection, object, signal) : undefined;
  return problem(referenceOf(object), cause ?? state);
}

/** The workload's own status says only that pods are missing; why is in the pods. */
async function podCause(
  { client }: ClusterConnection,
  workload: KubeObject,
  signal: AbortSignal,
): Promise<ObjectState | undefined> {
  const labelSelector = podSelector(workload);
  if (labelSelector === '') return undefined;
  const options = { namespace: workload.metadata.namespace ?? '', labelSelector, limit: 50 };
  const { items } = await client.list(wellKnown.pod, options, signal);
  return podProblem(items);
}

function podSelector(workload: KubeObject): string {
  const selector = workload['spec'] as { selector?: { matchLabels?: Record<string, string> } } | undefined;
  const labels = Object.entries(selector?.selector?.matchLabels ?? {});
  return labels.map(([name, value]) => `${name}=${value}`).join(',');
}

function problem(reference: ObjectReference, { state, reason, message: text }: ObjectState): HealthProblem {
  return {
    object: plainReference(reference),
    state: state === 'Failed' ? 'Failed' : 'InProgress',
    reason: /^[A-Za-z]{1,60}$/.test(reason) ? reason : 'NotReady',
    message: text,
  };
}
