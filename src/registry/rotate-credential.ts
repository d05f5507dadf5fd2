import { NautesError } from '../errors/errors.ts';
import { type Edit, put } from '../git-store/index.ts';
import type { RotateOptions, SaveResult } from './cluster-registry.ts';
import { clusterFiles } from '../resources/cluster/cluster-files.ts';
import { authorizeWrite } from './authorization.ts';
import type { UseCase } from './services.ts';

/**
 * Asks for a new credential of our own: one commit that names the request in the file, which the controllers carry out
 * like any other change. Without a key every call is a request of its own.
 * @throws NautesError `ClusterNotFound`, `ClusterChanged`, or the problem of a file that cannot be understood
 */
export async function rotateCredential(
  useCase: UseCase,
  name: string,
  { ifMatch, key }: RotateOptions,
): Promise<SaveResult> {
  const { services, caller, requestId, signal } = useCase;
  await authorizeWrite(useCase, 'rotate');
  const { commit, changed, fileRevisions } = await services.repo.change(
    {
      author: caller,
      subject: `Rotate the credential of cluster ${name}`,
      requestId,
      trailers: [
        ['Cluster', name],
        ['Operation', 'rotate'],
      ],
      decide: (resources): Edit => {
        const entry = resources.of(clusterFiles).get(name);
        if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
        if (entry.resource === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
        if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== entry.fileRevision) {
          throw new NautesError('ClusterChanged', { cluster: name });
        }
        return [put(clusterFiles, { ...entry.resource, rotationRequest: key ?? requestId })];
      },
      reauthorize: (again) => authorizeWrite(useCase, 'rotate', again),
    },
    signal,
  );
  return { commit, changed, generation: fileRevisions[0] ?? '', warnings: [] };
}
