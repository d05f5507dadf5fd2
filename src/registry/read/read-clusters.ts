import { NautesError } from '../../errors/errors.ts';
import type { CommitInfo } from '../../git-store/index.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { authorizeRead } from '../authorization.ts';
import type { ClusterListing, RegisteredCluster } from '../cluster-registry.ts';
import type { UseCase } from '../services.ts';
import { listUnregistered } from './read-statuses.ts';

/** @throws NautesError `ClusterNotFound`, or why its file cannot be understood */
export async function getCluster(useCase: UseCase, name: string): Promise<RegisteredCluster> {
  await authorizeRead(useCase);
  const entry = useCase.services.repo.snapshot().of(clusterFiles).get(name);
  if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  if (entry.resource === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
  return { cluster: entry.resource, generation: entry.fileRevision };
}

/** Both lists in the order of names. */
export async function listClusters(useCase: UseCase): Promise<ClusterListing> {
  await authorizeRead(useCase);
  const registered: RegisteredCluster[] = [];
  for (const { resource, fileRevision } of useCase.services.repo.snapshot().of(clusterFiles).values()) {
    if (resource !== undefined) registered.push({ cluster: resource, generation: fileRevision });
  }
  registered.sort((left, right) => (left.cluster.name < right.cluster.name ? -1 : 1));
  return { registered, unregistered: await listUnregistered(useCase) };
}

/** The commit that last changed the file, also when that removed it. @throws NautesError `ClusterNotFound` */
export async function lastCommit(useCase: UseCase, name: string): Promise<CommitInfo> {
  await authorizeRead(useCase);
  const isName = clusterNameProblem(name) === undefined;
  const { repo } = useCase.services;
  const commit = isName ? await repo.lastCommit(clusterFiles, name, useCase.signal) : undefined;
  if (commit === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  return commit;
}
