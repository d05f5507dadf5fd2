import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import { CLUSTER_KIND } from '../../../resources/cluster/cluster-key.ts';
import { overIncarnations } from '../../../resources/cluster/over-incarnations.ts';
import type { ControllerServices } from './services.ts';

/** Tells of an incarnation whether its registration is over, as things are now. */
export async function overRegistrations({
  repo,
  offboardings,
}: Pick<ControllerServices, 'repo' | 'offboardings'>): Promise<(incarnation: string) => boolean> {
  const leaving = (await offboardings.list(CLUSTER_KIND)).map(({ incarnation }) => incarnation);
  return overIncarnations(repo.snapshot().of(clusterFiles), leaving);
}
