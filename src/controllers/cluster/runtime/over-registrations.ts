import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import { CLUSTER_KIND } from '../../../resources/cluster/cluster-key.ts';
import type { ControllerServices } from './services.ts';

/**
 * Tells of an incarnation whether its registration is over: no file declares it, and it is not being taken away. None is
 * while a file cannot be understood: that may be its.
 */
export async function overRegistrations({
  repo,
  offboardings,
}: Pick<ControllerServices, 'repo' | 'offboardings'>): Promise<(incarnation: string) => boolean> {
  const leaving = (await offboardings.list(CLUSTER_KIND)).map(({ incarnation }) => incarnation);
  const clusters = repo.snapshot().of(clusterFiles);
  let live: ReadonlySet<string | undefined> | undefined;
  return (incarnation) => {
    live ??= new Set([...leaving, ...[...clusters.values()].map(({ resource }) => resource?.incarnation)]);
    return !live.has(incarnation) && !live.has(undefined);
  };
}
