import type { ClusterConnection } from '../client/connection.ts';
import {
  belongsTo,
  type KubeObject,
  objectKey,
  type ObjectHead,
  type ObjectOwner,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { applyPhaseOf, type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';
import { mapBounded } from '../../base/async/concurrency.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { type DesiredObject, desiredObjects } from './desired.ts';
import { otherManagers } from '../../kube-objects/managed-fields.ts';
import { type Observed, PARALLEL_REQUESTS, readHeads, resolveTypes } from './observe.ts';
import { OwnedObjectIndex, type SeenHeads } from './owned-object-index.ts';
import { helmReleaseOf, ownerOf } from './owner.ts';
import type { ForeignObject } from './report.ts';

/** Workloads of one kind that are looked through for a component that is installed elsewhere. */
const MAXIMUM_WORKLOADS = 500;

const WORKLOADS: readonly ResourceType[] = [
  ['Deployment', 'deployments'],
  ['StatefulSet', 'statefulsets'],
  ['DaemonSet', 'daemonsets'],
].map(([kind = '', plural = '']) => ({ apiVersion: 'apps/v1', kind, plural, namespaced: true, listable: true }));

/** A component and what it would bring. */
export interface ComponentContent {
  readonly component: string;
  readonly namespaces: readonly string[];
  readonly objects: readonly KubeObject[];
}

export interface ForeignSearch {
  readonly components: readonly ComponentContent[];
  /** Whether what is on the cluster is of this registration, or will be. */
  readonly isOwn: (head: ObjectHead) => boolean;
  /** The Namespaces of the cluster, where they were listed a moment ago. */
  readonly namespaces?: SeenHeads;
}

/** What a component would bring and somebody else has already. */
export interface ForeignComponent {
  readonly component: string;
  readonly foreign: readonly ForeignObject[];
}

/** Whether the object is of one of these registrations of the installation. */
export function belongsToAny(head: ObjectHead, installation: string, incarnations: readonly string[]): boolean {
  return incarnations.some((incarnation) => belongsTo(head, { installation, incarnation }));
}

/** What is looked for is not applied: it needs no owner. */
const NOBODY: ObjectOwner = { installation: '', cluster: '', incarnation: '' };

/**
 * Looks for everything that the components would bring and that is somebody else's; nothing is written. The requests are
 * a list for each kind, and a read for each object in places where few are wanted.
 * @throws NautesError when the cluster cannot be reached or refuses our credential
 */
export async function findForeign(
  connection: ClusterConnection,
  { components, isOwn, namespaces: seen }: ForeignSearch,
  signal: AbortSignal,
): Promise<readonly ForeignComponent[]> {
  const wanted = components.map(({ component, objects, namespaces }) => ({
    component,
    desired: desiredObjects({ component, objects, namespaces, owner: NOBODY }),
  }));
  const unique = new Map(wanted.flatMap(({ desired }) => desired).map((one) => [one.key, one]));
  const typed = await resolveTypes(connection, [...unique.values()], signal);
  const served = new Map([...unique.keys()].map((key, index) => [key, typed[index]?.desired]));
  const index = new OwnedObjectIndex(connection, NOBODY);
  if (seen !== undefined) index.know(wellKnown.namespace, seen);
  const observed = await readHeads(connection, typed, { known: new Map(), index }, signal);
  const found = wanted.map(({ component, desired }) => {
    const known = desired.map((one) => served.get(one.key) ?? one);
    return { component, desired: known, heads: foreignHeads(known, observed, isOwn) };
  });
  return await mapBounded(
    found.filter(({ heads }) => heads.length > 0),
    1,
    async ({ component, desired, heads }) => ({
      component,
      foreign: await describeForeign(connection, desired, { heads, isOwn }, signal),
    }),
  );
}

/** A namespace is used as it is: it does not make what is in it somebody else's. */
function foreignHeads(
  desired: readonly DesiredObject[],
  observed: Observed,
  isOwn: ForeignSearch['isOwn'],
): readonly ObjectHead[] {
  return desired
    .filter(({ phase }) => phase !== 'namespace')
    .map(({ key }) => observed.get(key))
    .filter((head) => head !== undefined)
    .filter((head) => head.metadata.deletionTimestamp === undefined && !isOwn(head));
}

interface Found {
  readonly heads: readonly ObjectHead[];
  readonly isOwn: (head: ObjectHead) => boolean;
}

/**
 * The foreign objects of one component, what people recognise first; with the workloads of the same name or the same
 * Helm release in other namespaces: definitions are shared by a whole cluster, and their controllers can be anywhere.
 */
export async function describeForeign(
  connection: ClusterConnection,
  desired: readonly DesiredObject[],
  { heads, isOwn }: Found,
  signal: AbortSignal,
): Promise<readonly ForeignObject[]> {
  const known = new Set(heads.map((head) => objectKey(referenceOf(head))));
  const elsewhere = await workloadsElsewhere(connection, desired, heads, signal);
  const others = elsewhere.filter((head) => !known.has(objectKey(referenceOf(head))) && !isOwn(head));
  return [...others, ...heads]
    .map((head) => ({
      object: referenceOf(head),
      managers: otherManagers(head),
      owner: ownerOf(head),
      adopted: false,
    }))
    .toSorted((left, right) => rankOf(left.object) - rankOf(right.object));
}

async function workloadsElsewhere(
  { client }: ClusterConnection,
  desired: readonly DesiredObject[],
  heads: readonly ObjectHead[],
  signal: AbortSignal,
): Promise<readonly ObjectHead[]> {
  const releases = new Set(heads.map(releaseKey).filter((key) => key !== ''));
  const lists = await mapBounded(WORKLOADS, PARALLEL_REQUESTS, async (type) => {
    const names = new Set(
      desired.filter(({ reference }) => reference.kind === type.kind).map(({ reference }) => reference.name),
    );
    if (names.size === 0 && releases.size === 0) return [];
    const { items } = await client.listHeads(type, { limit: MAXIMUM_WORKLOADS }, signal);
    return items.filter((head) => names.has(head.metadata.name) || releases.has(releaseKey(head)));
  });
  return lists.flat();
}

function releaseKey(head: ObjectHead): string {
  const release = helmReleaseOf(head);
  return release === undefined ? '' : `${release.namespace}/${release.name}`;
}

function rankOf(reference: ObjectReference): number {
  if (WORKLOADS.some(({ kind }) => kind === reference.kind)) return 0;
  if (reference.kind === 'IngressClass') return 1;
  return applyPhaseOf(reference) === 'definition' ? 2 : 3;
}
