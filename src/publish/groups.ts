import { NautesError } from '../errors/errors.ts';
import type { ManagementCluster } from '../management/index.ts';
import { isPublication, type PublicationName, publicationOf } from '../resources/cluster/publication.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { Publication, PublishedName, Users } from './publication.ts';
import { publicationNamed, type Publishing } from './publishing.ts';

/** The objects of one publication in one management cluster. */
export interface PublicationGroup {
  readonly name: PublicationName;
  readonly place: string;
  readonly component: string;
  readonly entries: readonly InventoryEntry[];
}

/** What the inventory has in management clusters, by publication and place. */
export function publicationGroups(inventory: readonly InventoryEntry[]): readonly PublicationGroup[] {
  const groups = new Map<string, PublicationGroup>();
  for (const entry of inventory.filter(isPublication)) {
    const { component } = entry;
    const made = publicationOf(component);
    if (made === undefined) continue; // of a later version
    const { entries = [] } = groups.get(component) ?? {};
    groups.set(component, { ...made, component, entries: [...entries, entry] });
  }
  return [...groups.values()];
}

/** One way of publishing clusters, and the management cluster. */
export interface PublicationPlace {
  readonly publication: Publication;
  readonly management: ManagementCluster;
}

/** What is needed to withdraw a group; `undefined` when its management cluster is not configured. */
export function withdrawable(
  publishing: Publishing | undefined,
  { name, place }: PublicationGroup,
): PublicationPlace | undefined {
  const publication = publishing && publicationNamed(publishing, name);
  const management = publishing?.at(place);
  return publication === undefined || management === undefined ? undefined : { publication, management };
}

/**
 * Objects of others by which the cluster is known already where it is to be published.
 * @throws NautesError when the management cluster cannot be asked
 */
export async function foreignTo(
  { management, selected }: Publishing,
  cluster: PublishedName,
  signal: AbortSignal,
): Promise<readonly ObjectReference[]> {
  if (management === undefined) return [];
  const connection = await management.connection(signal);
  const found = await Promise.all(
    selected.map((publication) => publication.foreign(cluster, connection, signal).catch(noneWhereNotAsked)),
  );
  return found.flat();
}

const NOT_ASKED: ReadonlySet<string> = new Set(['PublicationForbidden', 'PublicationKindMissing']);

/** A process without controllers may not look everywhere, and without its definition there are no objects of a kind. */
function noneWhereNotAsked(error: unknown): readonly ObjectReference[] {
  const isNotAsked = error instanceof NautesError && NOT_ASKED.has(error.reason);
  if (isNotAsked) return [];
  throw error;
}

/** Who uses the cluster wherever it is published. @throws NautesError when a management cluster cannot be asked */
export async function usersOf(
  publishing: Publishing,
  cluster: PublishedName,
  inventory: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<Users> {
  const places = publicationGroups(inventory).flatMap((group) => withdrawable(publishing, group) ?? []);
  const found = await Promise.all(
    places.map(async ({ publication, management }) =>
      publication.users(cluster, await management.connection(signal), signal),
    ),
  );
  return { leaving: found.flatMap(({ leaving }) => leaving), staying: found.flatMap(({ staying }) => staying) };
}
