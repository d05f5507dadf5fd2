import { NautesError } from '../../../../../errors/errors.ts';
import {
  placeOf,
  type PublicationPlace,
  publicationGroups,
  type Publishing,
  withdrawable,
} from '../../../../../publish/index.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { publicationComponent } from '../../../../../resources/cluster/publication.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { withPlace } from '../../../runtime/publications.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';

/**
 * Says in what is published how the cluster is when its run ended before the stage `publish`: it cannot be reached. A
 * management cluster that does not answer is told with the next run.
 */
export async function followPublications(context: StageContext, signal: AbortSignal): Promise<void> {
  const { services, scope: registration, owner, reporter } = context;
  if (services.publishing === undefined || context.paused !== undefined) return;
  const inventory = await services.inventory.list(clusterRegistration(registration));
  for (const { publication, ...request } of followed(services.publishing, inventory)) {
    const { follow } = publication;
    if (follow === undefined) continue;
    try {
      await withPlace(
        services,
        registration,
        request,
        (scope, deadline) => follow(reporter.status, owner, scope, deadline),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NautesError)) throw error;
      services.logger.debug({ cluster: owner.cluster, error }, 'a publication does not say how its cluster is');
    }
  }
}

interface Followed extends PublicationPlace {
  readonly component: string;
  readonly entries: readonly InventoryEntry[];
}

/** What is published, and what is selected and has no objects of its own: those of others, whose status it says. */
function followed(publishing: Publishing, inventory: readonly InventoryEntry[]): readonly Followed[] {
  const groups = publicationGroups(inventory);
  const published = groups.flatMap((group) => {
    const place = withdrawable(publishing, group);
    return place === undefined ? [] : { ...place, component: group.component, entries: group.entries };
  });
  const { management, selected } = publishing;
  if (management === undefined) return published;
  const others = selected.map((publication) => {
    const component = publicationComponent(publication.name, placeOf(management));
    return { publication, management, component, entries: [] };
  });
  return [...published, ...others.filter(({ component }) => groups.every((group) => group.component !== component))];
}
