import { type ClusterConnection, isNotFound, KubeApiError } from '../../kube/index.ts';
import { isRecord, type KubeObject, listAt, referenceOf, textAt } from '../../kube-objects/kube-object.ts';
import { type ResourceType, resourcePath } from '../../kube-objects/resource-types.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import type { PublishedName, Users } from '../publication.ts';
import { matchesSelector } from './selector.ts';

const API = 'argoproj.io/v1alpha1';
const application: ResourceType = {
  apiVersion: API,
  kind: 'Application',
  plural: 'applications',
  namespaced: true,
  listable: true,
};
const applicationSet: ResourceType = { ...application, kind: 'ApplicationSet', plural: 'applicationsets' };

/** Applications are large: their status lists every object. */
const PAGE_SIZE = 100;
/** More pages than an Argo CD can have Applications are not read. */
const MAXIMUM_PAGES = 200;
/** Generators within generators: `matrix` and `merge` nest twice. */
const MAXIMUM_DEPTH = 6;

/**
 * The Applications of a namespace that name the cluster as their destination, by name or by address. One that an
 * ApplicationSet makes because of our labels is leaving: it goes when the labels do.
 * @param remaining the labels that the cluster keeps
 */
export async function applicationsOf(
  connection: ClusterConnection,
  namespace: string,
  cluster: PublishedName,
  remaining: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Users> {
  const users = (await list(connection, namespace, signal)).filter((one) => pointsTo(one, cluster));
  const leaving: ObjectReference[] = [];
  const staying: ObjectReference[] = [];
  const sets = new Map<string, boolean>();
  for (const user of users) {
    const isLeaving = user.metadata.deletionTimestamp !== undefined || (await isLetGo(user));
    (isLeaving ? leaving : staying).push(referenceOf(user));
  }
  return { leaving, staying };

  async function isLetGo({ metadata }: KubeObject): Promise<boolean> {
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'ApplicationSet');
    if (owner === undefined) return false;
    const known = sets.get(owner.name);
    if (known !== undefined) return known;
    const set = await connection.client.find(applicationSet, { namespace, name: owner.name }, signal);
    const result = set === undefined || letsGo(set, remaining);
    sets.set(owner.name, result);
    return result;
  }
}

async function list(
  { client }: ClusterConnection,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const items: KubeObject[] = [];
  let token = '';
  for (let page = 0; page < MAXIMUM_PAGES; page += 1) {
    const query = `?limit=${PAGE_SIZE}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
    const answer = await client
      .json({ method: 'GET', path: `${resourcePath(application, namespace)}${query}` }, signal)
      .catch(absentWhenNotServed);
    items.push(...listAt(answer, 'items').flatMap((item) => asApplication(item)));
    token = textAt(answer, 'metadata', 'continue');
    if (token === '') break;
  }
  return items;
}

/** Without Argo CD's definitions there are no Applications. */
function absentWhenNotServed(error: unknown): undefined {
  if (isNotFound(error) || (error instanceof KubeApiError && error.isNotServed)) return undefined;
  throw error;
}

/** Items of a list come without kind; only what is read is kept. */
function asApplication(item: unknown): KubeObject[] {
  if (!isRecord(item) || textAt(item, 'metadata', 'name') === '') return [];
  const { metadata, spec } = item as unknown as KubeObject;
  return [
    { apiVersion: API, kind: 'Application', metadata, spec: { destination: isRecord(spec) ? spec.destination : {} } },
  ];
}

function pointsTo({ spec }: KubeObject, { owner: { cluster }, server }: PublishedName): boolean {
  const name = textAt(spec, 'destination', 'name');
  const address = textAt(spec, 'destination', 'server').replace(/\/+$/, '');
  return name === cluster || (server !== '' && address === server.replace(/\/+$/, ''));
}

/** True when the set deletes its Application of a cluster that has only these labels. */
function letsGo({ spec }: KubeObject, remaining: Readonly<Record<string, string>>): boolean {
  const sync = textAt(spec, 'syncPolicy', 'applicationsSync');
  if (sync === 'create-only' || sync === 'create-update') return false;
  const selectors = clusterSelectors(listAt(spec, 'generators'), 0);
  return selectors.length > 0 && selectors.every((selector) => !matchesSelector(selector, remaining));
}

/** The selectors of all cluster generators; one without a selector takes every cluster. */
function clusterSelectors(value: unknown, depth: number): readonly unknown[] {
  if (depth > MAXIMUM_DEPTH) return [{}];
  if (Array.isArray(value)) return value.flatMap((member) => clusterSelectors(member, depth + 1));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === 'clusters' && isRecord(member)) return [member.selector ?? {}];
    return key === 'matrix' || key === 'merge' || key === 'generators' ? clusterSelectors(member, depth + 1) : [];
  });
}
