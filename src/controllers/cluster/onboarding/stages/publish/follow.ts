import { NautesError } from '../../../../../errors/errors.ts';
import { publicationGroups, withdrawable } from '../../../../../publish/index.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { withPlace } from '../../../runtime/publications.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';

/**
 * Says in what is published how the cluster is when its run ended before the stage `publish`: it cannot be reached. A
 * management cluster that does not answer is told with the next run.
 */
export async function followPublications(context: StageContext, signal: AbortSignal): Promise<void> {
  const { services, scope: registration, owner, reporter } = context;
  if (services.publishing === undefined || context.paused !== undefined) return;
  const groups = publicationGroups(await services.inventory.list(clusterRegistration(registration)));
  for (const group of groups) {
    const place = withdrawable(services.publishing, group);
    const follow = place?.publication.follow;
    if (place === undefined || follow === undefined) continue;
    try {
      const request = { ...group, management: place.management };
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
