import type { InventoryEntry } from '../../resources/inventory.ts';
import { nameOf } from '../client/object-requests.ts';
import { mapBounded } from '../../base/async/concurrency.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { asServed, type DesiredObject } from './desired.ts';
import { definedKind, typeOfDefinition } from '../../kube-objects/definitions.ts';
import { groupOf, objectKey, type KubeObject, type ObjectHead, referenceOf } from '../../kube-objects/kube-object.ts';
import { OwnedObjectIndex } from './owned-object-index.ts';
import type { ApplyRequest } from './request.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';

/** Requests at a time; a real API server gains nothing above. */
export const PARALLEL_REQUESTS = 6;
/** Lists at a time: they are small and come after an idle time, when each connection costs a handshake. */
const PARALLEL_LISTS = 3;

/** So many objects of a kind in one place are looked for by a list of what is there, as long as that is not more. */
const LISTED_FROM = 4;
const LISTED_HEADS = 250;

/** A desired object with its kind; `type` is `undefined` when the cluster does not serve it and no CRD of ours will. */
export interface TypedObject {
  readonly desired: DesiredObject;
  readonly type: ResourceType | undefined;
  /** The CRD among the desired objects that has to be served first. */
  readonly awaits: KubeObject | undefined;
}

/** Finds the kind of every desired object: from the cluster, or from the CRDs that come with the objects. */
export async function resolveTypes(
  { discovery }: ClusterConnection,
  desired: readonly DesiredObject[],
  signal: AbortSignal,
): Promise<TypedObject[]> {
  const definitions = new Map(
    desired.filter(({ phase }) => phase === 'definition').map(({ object }) => [definedKind(object), object]),
  );
  await discovery.load(signal);
  let refreshed = false;
  const resolve = async (item: DesiredObject): Promise<TypedObject> => {
    const { apiVersion, kind } = item.reference;
    const definition = definitions.get(`${groupOf(apiVersion)}/${kind}`);
    let type = discovery.served(apiVersion, kind);
    if (type === undefined && definition === undefined && !refreshed) {
      refreshed = true;
      await discovery.refresh(signal);
      type = discovery.served(apiVersion, kind);
    }
    if (type !== undefined) return { desired: asServed(item, type), type, awaits: undefined };
    const coming = definition === undefined ? undefined : typeOfDefinition(definition, apiVersion);
    if (coming === undefined) return { desired: item, type: undefined, awaits: undefined };
    return { desired: asServed(item, coming), type: coming, awaits: definition };
  };
  const typed: TypedObject[] = [];
  for (const item of desired) typed.push(await resolve(item)); // in order: at most one refresh
  return typed;
}

/** What is on the cluster under the names of the desired objects. */
export type Observed = ReadonlyMap<string, ObjectHead>;

/**
 * Reads the metadata of the desired objects: one list by our labels for each kind that we have applied before,
 * reads for the others. Objects that cannot exist (their namespace or their CRD does not) are not asked for.
 */
export async function observe(
  connection: ClusterConnection,
  request: ApplyRequest,
  objects: readonly TypedObject[],
  signal: AbortSignal,
): Promise<Observed> {
  const { ownedObjects: index = new OwnedObjectIndex(connection, request.owner) } = request;
  const own = await listOwn(request, objects, index, signal);
  const known = new Map(own.map((head) => [objectKey(referenceOf(head)), head]));
  return readHeads(connection, objects, { known, index }, signal);
}

interface KnownHeads {
  readonly known: Observed;
  /** Shared with the other components that look now. */
  readonly index: OwnedObjectIndex;
}

/** Reads the metadata of those of the objects that exist and are not known yet. */
export async function readHeads(
  connection: ClusterConnection,
  objects: readonly TypedObject[],
  { known, index }: KnownHeads,
  signal: AbortSignal,
): Promise<Observed> {
  const observed = new Map(known);
  const add = (head: ObjectHead) => observed.set(objectKey(referenceOf(head)), head);
  const isNamespace = ({ desired }: TypedObject) => desired.phase === 'namespace';
  const missing = objects.filter(({ desired, type, awaits }) => {
    return type !== undefined && awaits === undefined && !observed.has(desired.key);
  });
  const read = async (items: readonly TypedObject[]): Promise<void> => {
    for (const head of await headsOf(connection, items, index, signal)) add(head);
  };
  await read(missing.filter(isNamespace));
  const absent = new Set(
    objects
      .filter((item) => isNamespace(item) && !observed.has(item.desired.key))
      .map(({ desired }) => desired.reference.name),
  );
  await read(missing.filter((item) => !isNamespace(item) && !absent.has(item.desired.reference.namespace)));
  return observed;
}

/**
 * The metadata of those that exist. Where many of one kind are asked for in one place, a list tells as much as so many
 * reads, unless there is much else.
 */
async function headsOf(
  { client }: ClusterConnection,
  objects: readonly TypedObject[],
  index: OwnedObjectIndex,
  signal: AbortSignal,
): Promise<readonly ObjectHead[]> {
  const shared = await sharedHeads(index, objects, signal);
  const left = objects.filter(({ type }) => type === undefined || !shared.kinds.has(type));
  const places = Map.groupBy(left, ({ desired: { reference } }) => `${kindKey(reference)} ${reference.namespace}`);
  const single: TypedObject[] = [];
  const crowds: TypedObject[][] = [];
  for (const items of places.values()) {
    if (items.length < LISTED_FROM) single.push(...items);
    else crowds.push(items);
  }
  const found: ObjectHead[] = [...shared.heads];
  await mapBounded(crowds, PARALLEL_LISTS, async (items) => {
    const [first] = items;
    if (first?.type === undefined) return;
    const options = { namespace: first.desired.reference.namespace, limit: LISTED_HEADS };
    const { items: heads, complete } = await client.listHeads(first.type, options, signal);
    const wanted = new Set(items.map(({ desired }) => desired.key));
    if (complete) found.push(...heads.filter((head) => wanted.has(objectKey(referenceOf(head)))));
    else single.push(...items);
  });
  await mapBounded(single, PARALLEL_REQUESTS, async ({ desired, type }) => {
    const head = type && (await client.findHead(type, nameOf(desired.reference), signal));
    if (head !== undefined) found.push(head);
  });
  return found;
}

interface SharedHeads {
  readonly kinds: ReadonlySet<ResourceType>;
  readonly heads: readonly ObjectHead[];
}

/** Those of cluster-scoped kinds, each from one list of the kind where that can be had. */
async function sharedHeads(
  index: OwnedObjectIndex,
  objects: readonly TypedObject[],
  signal: AbortSignal,
): Promise<SharedHeads> {
  const wanted = objects.flatMap(({ desired, type }) =>
    type?.namespaced === false && type.listable ? [{ key: desired.key, type }] : [],
  );
  const types = [...new Set(wanted.map(({ type }) => type))];
  const lists = await mapBounded(types, PARALLEL_LISTS, async (type) => ({
    type,
    all: await index.allOf(type, signal),
  }));
  const complete = new Map(lists.flatMap(({ type, all }) => (all === undefined ? [] : [[type, all] as const])));
  const heads = wanted.flatMap(({ key, type }) => complete.get(type)?.get(key) ?? []);
  return { kinds: new Set(complete.keys()), heads };
}

async function listOwn(
  request: ApplyRequest,
  objects: readonly TypedObject[],
  ownedObjects: OwnedObjectIndex,
  signal: AbortSignal,
): Promise<ObjectHead[]> {
  const applied = new Set(request.inventory.map(kindKey));
  const types = new Map<string, ResourceType>();
  for (const { desired, type, awaits } of objects) {
    const known = type !== undefined && awaits === undefined && applied.has(kindKey(desired.reference));
    if (known) types.set(kindKey(desired.reference), type);
  }
  const lists = await mapBounded([...types.values()], PARALLEL_LISTS, (type) => ownedObjects.ofType(type, signal));
  return lists.flat();
}

function kindKey(reference: Pick<InventoryEntry, 'apiVersion' | 'kind'>): string {
  return `${groupOf(reference.apiVersion)}/${reference.kind}`;
}
