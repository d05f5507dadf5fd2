import { NautesError } from '../errors/errors.ts';
import { type Edit, put } from '../git-store/index.ts';
import { clusterFiles } from '../resources/cluster/cluster-files.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import { authorizeWrite, type WriteVerb } from './authorization.ts';
import type { SaveResult } from './cluster-registry.ts';
import type { UseCase } from './services.ts';

/** A change of a registration besides a save: one commit. */
export interface RegisteredChange {
  readonly verb: WriteVerb;
  /** First line of the commit. */
  readonly subject: string;
  /** Generation that the caller has seen, `*` for any; another one there is a conflict. */
  readonly ifMatch?: string;
  /** The registration as it becomes; the same one changes nothing. */
  readonly change: (cluster: Cluster) => Cluster;
}

/**
 * Commits a change of a registered cluster.
 * @throws NautesError `ClusterNotFound`, `ClusterChanged`, or the problem of a file that cannot be understood
 */
export async function changeRegistered(
  useCase: UseCase,
  name: string,
  { verb, subject, ifMatch, change }: RegisteredChange,
): Promise<SaveResult> {
  const { services, caller, requestId, signal } = useCase;
  await authorizeWrite(useCase, verb);
  const { commit, changed, fileRevisions } = await services.repo.change(
    {
      author: caller,
      subject,
      requestId,
      trailers: [
        ['Cluster', name],
        ['Operation', verb],
      ],
      decide: (resources): Edit => {
        const entry = resources.of(clusterFiles).get(name);
        if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
        if (entry.resource === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
        if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== entry.fileRevision) {
          throw new NautesError('ClusterChanged', { cluster: name });
        }
        return [put(clusterFiles, change(entry.resource))];
      },
      reauthorize: (again) => authorizeWrite(useCase, verb, again),
    },
    signal,
  );
  return { commit, changed, generation: fileRevisions[0] ?? '', warnings: [] };
}
