import { ApiRefusal, type NautesClient } from '../../client/index.ts';
import type { ClusterView } from '../../contract/views.ts';
import { type WireCategory, wireCategories } from '../../resources/cluster/components.ts';
import type { SpecDocument } from '../documents/document.ts';
import { clusterDocuments } from '../documents/kinds.ts';

type Body = SpecDocument['body'];

/** What is registered under a name. */
export interface RegisteredUnder {
  readonly isNew: boolean;
  /** Absent where nothing is registered, or nothing that can be understood. */
  readonly view?: ClusterView;
}

export async function findRegistered(
  client: NautesClient,
  name: string,
  signal: AbortSignal,
): Promise<RegisteredUnder> {
  try {
    return { isNew: false, view: await client.cluster(name, signal) };
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    if (error.status === 404) return { isNew: true };
    if (error.status === 409) return { isNew: false }; // its file cannot be understood: a save replaces it
    throw error;
  }
}

/** What is registered, and the fields that the command line gives, by their names on the wire. */
export interface RegisteredFields {
  readonly view: ClusterView;
  readonly given: ReadonlySet<string>;
}

/** What decides which categories of components a cluster has. */
const PROFILE = ['usage', 'cluster_type', 'worker_type'] as const;

/**
 * The document with what is registered wherever the command line says nothing. Components of categories that another
 * usage or type does not have are left out.
 */
export async function overRegistered(
  client: NautesClient,
  document: SpecDocument,
  { view, given }: RegisteredFields,
  signal: AbortSignal,
): Promise<SpecDocument> {
  const registered: Body = { ...view };
  const body: Record<string, unknown> = { ...document.body };
  const superseded = supersededBy(given, document.body, registered);
  for (const { json } of clusterDocuments.fields) {
    const value = registered[json];
    if (value !== undefined && !given.has(json) && !superseded.has(json)) body[json] = value;
  }
  const isOther = PROFILE.some((field) => body[field] !== registered[field]);
  const categories = isOther ? await categoriesOf(client, body, signal) : undefined;
  body['components_list'] = mergedComponents(document.body, view, categories);
  return { ...document, body };
}

/** What is registered and has no meaning beside what the command line gives. */
function supersededBy(given: ReadonlySet<string>, document: Body, registered: Body): ReadonlySet<string> {
  const isOther = (field: string): boolean => given.has(field) && document[field] !== registered[field];
  return new Set([
    ...(isOther('usage') ? ['worker_type'] : []), // a worker has a type and a host has none
    ...(isOther('cluster_type') ? ['host_cluster', 'vcluster'] : []),
    ...(isOther('api_server') ? ['vcluster'] : []), // which has its port
  ]);
}

/** `undefined` when there is no such kind of cluster: the server says so. */
async function categoriesOf(
  client: NautesClient,
  body: Body,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const { varieties } = await client.catalog(signal);
  const found = varieties.find(
    ({ usage, clusterType, workerType }) =>
      usage === body['usage'] && clusterType === body['cluster_type'] && workerType === body['worker_type'],
  );
  return found === undefined ? undefined : new Set(found.categories);
}

interface WireComponent {
  readonly name?: string;
  readonly additions?: Readonly<Record<string, string>>;
}

function mergedComponents(
  given: Body,
  { components_list: registered }: ClusterView,
  categories: ReadonlySet<string> | undefined,
): Record<string, unknown> {
  const wanted = (given['components_list'] ?? {}) as Readonly<Record<string, WireComponent | null>>;
  const merged: Record<string, unknown> = { ...wanted };
  for (const [category, component] of Object.entries(registered)) {
    if (component === null) continue;
    if (categories?.has(wireCategories[category as WireCategory]) === false) continue;
    const over = wanted[category] ?? {};
    // Namespace and settings are those of a component and not of its category.
    if (over.name !== undefined && over.name !== '' && over.name !== component.name) continue;
    const additions = { ...component.additions, ...over.additions };
    merged[category] = { ...component, ...withoutEmpty(over), additions };
  }
  return merged;
}

function withoutEmpty(component: WireComponent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(component).filter(([, value]) => value !== '' && value !== null));
}
