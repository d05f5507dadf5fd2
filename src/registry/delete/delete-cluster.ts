import { CLUSTER_KIND, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { type Edit, remove } from '../../git-store/index.ts';
import type { DeleteOptions, DeleteResult } from '../cluster-registry.ts';
import type { CredentialScope } from '../../resources/credential.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import { lossesOfDeletion } from '../losses.ts';
import { departing, newRecord, recordOffboarding, withdrawOffboarding } from './offboardings.ts';
import { authorizeWrite } from '../authorization.ts';
import { checkMayBeDeleted } from '../rules.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { RegistryServices, UseCase } from '../services.ts';

/**
 * Removes a cluster's file; the controllers take the cluster away once `main` lacks it. Deleting again while that is
 * under way answers the same, and `force` then takes effect on what is under way.
 * @throws NautesError `ClusterNotFound`, `ClusterIsHost`, `ClusterIsManagement`, `ClusterInUse`
 */
export async function deleteCluster(useCase: UseCase, name: string, options: DeleteOptions): Promise<DeleteResult> {
  const { services } = useCase;
  const { repo } = services;
  await authorizeWrite(useCase, 'delete');

  const clusters = repo.snapshot().of(clusterFiles);
  const entry = clusters.get(name);
  if (entry === undefined) return deleteAgain(useCase, name, options);
  checkMayBeDeleted(name, clusters);
  if (!options.force) requireNoManagement(services, name);
  const registrations = await departing(services, name, entry.resource);
  if (!options.force) for (const going of registrations) await requireNoLosses(useCase, going);
  if (!repo.snapshot().of(clusterFiles).has(name)) return deleteAgain(useCase, name, options); // that took its time
  const stored: OffboardingRecord[] = [];
  for (const going of registrations) {
    const record = newRecord(useCase, going, options.force);
    if (await recordOffboarding(services, record)) stored.push(record);
  }
  if (options.force) await forceAll(services, name);
  return commitRemoval(useCase, name, { stored, options });
}

/** What is published there would be lost with it. @throws NautesError `ClusterIsManagement` */
export function requireNoManagement({ publications }: RegistryServices, cluster: string): void {
  if (publications?.managementCluster === cluster) throw new NautesError('ClusterIsManagement', { cluster });
}

/** @throws NautesError `ClusterInUse` */
async function requireNoLosses({ services, signal }: UseCase, registration: CredentialScope): Promise<void> {
  const losses = await lossesOfDeletion(services, registration, signal);
  if (losses !== undefined) throw losses;
}

/** Lets every off-boarding of the name end without its cluster, also that of an earlier registration. */
async function forceAll({ offboardings }: RegistryServices, name: string): Promise<void> {
  for (const record of await offboardings.list(CLUSTER_KIND)) {
    if (record.cluster !== name || record.forced) continue;
    await offboardings.put(clusterRegistration(record), { ...record, forced: true });
  }
}

/** The file is gone already: an off-boarding is under way, was held back for confirmation, or there is nothing. */
async function deleteAgain(useCase: UseCase, name: string, options: DeleteOptions): Promise<DeleteResult> {
  const { services } = useCase;
  const { offboardings, repo } = services;
  const { commit } = repo.snapshot();
  const records = (await offboardings.list(CLUSTER_KIND)).filter(({ cluster }) => cluster === name);
  const [registration] = await departing(services, name, undefined);
  const isRecorded = records.some(({ incarnation }) => incarnation === registration?.incarnation);
  const [record] = records;
  if (record !== undefined && options.force) {
    await forceAll(services, name);
    await tell(useCase, record, 'RemovalForced');
  }
  if (record !== undefined && (isRecorded || registration === undefined)) return { commit: record.commit || commit };
  if (registration === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  if (!options.force) await requireNoLosses(useCase, registration);
  await recordOffboarding(services, newRecord(useCase, registration, options.force));
  await tell(useCase, registration, 'RemovalConfirmed');
  return { commit };
}

/** An event; the controllers listen for it, as there is no commit that would tell them. */
async function tell(
  { services, caller }: UseCase,
  scope: CredentialScope,
  reason: 'RemovalForced' | 'RemovalConfirmed',
): Promise<void> {
  const text = message(reason, { caller: caller.name });
  await services.events.add({ ...clusterRegistration(scope), type: 'Normal', reason, message: text, subject: '' });
}

interface Removal {
  /** The records that this call has stored. */
  readonly stored: readonly OffboardingRecord[];
  readonly options: DeleteOptions;
}

async function commitRemoval(useCase: UseCase, name: string, { stored, options }: Removal): Promise<DeleteResult> {
  const { services, caller, requestId, signal } = useCase;
  const forced: readonly (readonly [string, string])[] = options.force ? [['Forced', 'yes']] : [];
  try {
    const { commit } = await services.repo.change(
      {
        author: caller,
        subject: `Delete cluster ${name}`,
        requestId,
        trailers: [['Cluster', name], ['Operation', 'delete'], ...forced],
        decide: (resources): Edit => {
          const clusters = resources.of(clusterFiles);
          if (!clusters.has(name)) return []; // another request has removed it
          checkMayBeDeleted(name, clusters);
          return [remove(clusterFiles, name)];
        },
        reauthorize: (again) => authorizeWrite(useCase, 'delete', again),
      },
      signal,
    );
    return { commit };
  } catch (error) {
    // A refusal leaves the cluster registered; after any other failure the commit may be there, and the record must stay.
    const refused = error instanceof NautesError && error.next === 'stalled';
    if (refused) for (const record of stored) await withdrawOffboarding(services, record);
    throw error;
  }
}
