import { NautesError } from '../../errors/errors.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import { authorizeRead } from '../authorization.ts';
import type { UseCase } from '../services.ts';
import { knownStatus } from './known-status.ts';

/** Also of a cluster whose file cannot be understood, and of one that is being deleted. @throws NautesError `ClusterNotFound` */
export async function getStatus(useCase: UseCase, name: string): Promise<ClusterStatus> {
  await authorizeRead(useCase);
  const { repo, status } = useCase.services;
  const offboardings = (await departures(useCase)).get(name) ?? [];
  const stored = await status.get(clusterKey(name));
  const entry = repo.snapshot().of(clusterFiles).get(name);
  const known = knownStatus({ name, entry, stored, offboardings });
  if (known === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  return known;
}

/** The status of every cluster, in the order of names. */
export async function listStatuses(useCase: UseCase): Promise<readonly ClusterStatus[]> {
  await authorizeRead(useCase);
  const { repo, status } = useCase.services;
  const records = await departures(useCase);
  const stored = new Map((await status.list(CLUSTER_KIND)).map((one) => [one.name, one]));
  const clusters = repo.snapshot().of(clusterFiles);
  const names = [...new Set([...clusters.keys(), ...stored.keys(), ...records.keys()])].sort();
  return names.flatMap((name) => {
    const offboardings = records.get(name) ?? [];
    return knownStatus({ name, entry: clusters.get(name), stored: stored.get(name), offboardings }) ?? [];
  });
}

/**
 * The status of every cluster without a readable file: those whose file cannot be understood, those that are being
 * deleted, and those whose removal is held back. In the order of names.
 */
export async function listUnregistered(useCase: UseCase): Promise<readonly ClusterStatus[]> {
  const { repo, status } = useCase.services;
  const records = await departures(useCase);
  const withStatus = await status.names(CLUSTER_KIND);
  const clusters = repo.snapshot().of(clusterFiles);
  const unreadable = [...clusters.values()].filter(({ resource }) => resource === undefined).map(({ name }) => name);
  const gone = [...withStatus, ...records.keys()].filter((name) => !clusters.has(name));
  const names = [...new Set([...unreadable, ...gone])].sort();
  const statuses: ClusterStatus[] = [];
  for (const name of names) {
    const known = { name, entry: clusters.get(name), offboardings: records.get(name) ?? [] };
    const found = knownStatus({ ...known, stored: await status.get(clusterKey(name)) });
    if (found !== undefined) statuses.push(found);
  }
  return statuses;
}

/** The off-boarding records by name. Read before the statuses, which go with them. */
async function departures({ services }: UseCase): Promise<ReadonlyMap<string, readonly OffboardingRecord[]>> {
  const records = new Map<string, OffboardingRecord[]>();
  for (const record of await services.offboardings.list(CLUSTER_KIND)) {
    const known = records.get(record.cluster);
    if (known === undefined) records.set(record.cluster, [record]);
    else known.push(record);
  }
  return records;
}
