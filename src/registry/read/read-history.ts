import { NautesError } from '../../errors/errors.ts';
import { defined } from '../../base/defined.ts';
import type { CommitInfo } from '../../git-store/index.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { authorizeRead } from '../authorization.ts';
import type { ClusterAtCommit, ClusterFile, HistoryOptions } from '../cluster-registry.ts';
import type { UseCase } from '../services.ts';

/**
 * The commits that changed the file, newest first, also those of earlier registrations of the name.
 * @throws NautesError `ClusterNotFound` when no commit ever had it
 */
export async function clusterHistory(
  useCase: UseCase,
  name: string,
  options: HistoryOptions,
): Promise<readonly CommitInfo[]> {
  await authorizeRead(useCase);
  const { services, signal } = useCase;
  const commits =
    clusterNameProblem(name) === undefined ? await services.repo.history(clusterFiles, name, options, signal) : [];
  if (commits.length === 0 && options.before === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  return commits;
}

/** The file before and after a commit. @throws NautesError `CommitNotFound` */
export async function clusterFilesAt(useCase: UseCase, name: string, commit: string): Promise<ClusterAtCommit> {
  await authorizeRead(useCase);
  const { services, signal } = useCase;
  const files = await services.repo.filesAt(clusterFiles, name, commit, signal);
  if (files === undefined) throw new NautesError('CommitNotFound', { commit });
  return { ...files, ...defined({ cluster: understood(name, files.after) }) };
}

function understood(name: string, text: string | undefined): Cluster | undefined {
  if (text === undefined) return undefined;
  try {
    return clusterFiles.decode(name, text).resource;
  } catch (error) {
    if (error instanceof NautesError) return undefined;
    throw error;
  }
}

/** The file as it is. @throws NautesError `ClusterNotFound` */
export async function clusterFile(useCase: UseCase, name: string): Promise<ClusterFile> {
  await authorizeRead(useCase);
  const { services, signal } = useCase;
  const snapshot = services.repo.snapshot();
  const entry = snapshot.of(clusterFiles).get(name);
  if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  const files = await services.repo.filesAt(clusterFiles, name, snapshot.commit, signal);
  if (files?.after === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
  return { text: files.after, generation: entry.fileRevision, commit: snapshot.commit };
}
