import { withDeadline } from '../../../base/async/timing.ts';
import { NautesError } from '../../../errors/errors.ts';
import type { ManagementCluster } from '../../../management/index.ts';
import { message } from '../../../messages/message.ts';
import { type Publication, type PublicationScope, publicationNamed, type Publishing } from '../../../publish/index.ts';
import { isPublication, type PublicationName, publicationOf } from '../../../resources/cluster/publication.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import type { InventoryEntry } from '../../../resources/inventory.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import type { ControllerServices } from './services.ts';

/** The management cluster has this time for one publication of one cluster: nothing else of the cluster waits longer. */
const PUBLICATION_MILLISECONDS = 60_000;

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

/** A group with what is needed to withdraw it; `undefined` when its management cluster is not configured. */
export function withdrawable(
  publishing: Publishing | undefined,
  { name, place }: PublicationGroup,
): { readonly publication: Publication; readonly management: ManagementCluster } | undefined {
  const publication = publishing && publicationNamed(publishing, name);
  const management = publishing?.at(place);
  return publication === undefined || management === undefined ? undefined : { publication, management };
}

interface ScopeRequest {
  readonly management: ManagementCluster;
  readonly component: string;
  readonly entries: readonly InventoryEntry[];
}

/** Runs the action with what a publication works with. @throws NautesError `ManagementUnavailable` after some time */
export async function withPlace<T>(
  { inventory }: ControllerServices,
  registration: CredentialScope,
  { management, component, entries }: ScopeRequest,
  action: (scope: PublicationScope, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const deadline = withDeadline(signal, PUBLICATION_MILLISECONDS);
  try {
    const connection = await management.connection(deadline);
    const record: PublicationScope['record'] = (changed) => inventory.put(clusterRegistration(registration), changed);
    return await action({ management: connection, component, entries, record }, deadline);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) {
      throw new NautesError('ManagementUnavailable', { problem: message('ManagementUnavailable.late') });
    }
    throw error;
  }
}
