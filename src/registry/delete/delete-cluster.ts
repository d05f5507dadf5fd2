import { NautesError } from '../../errors/errors.ts';
import type { Edit } from '../../git-store/config-repo.ts';
import type { CallerContext, DeleteOptions, DeleteResult } from '../cluster-registry.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import { checkNothingIsLost } from '../losses.ts';
import {
  newRecord,
  recordOffboarding,
  registrationOf,
  registrationsOf,
  withdrawOffboarding,
} from './offboarding-record.ts';
import { checkMayBeDeleted } from '../rules.ts';
import type { RegistryServices } from '../services.ts';

/**
 * Removes a cluster's file; the controllers take the cluster away once `main` lacks it. Deleting again while that is
 * under way answers the same, and `force` then takes effect on what is under way.
 * @throws NautesError `ClusterNotFound`, `ClusterIsHost`, `ClusterInUse`
 */
export async function deleteCluster(
  services: RegistryServices,
  context: CallerContext,
  name: string,
  options: DeleteOptions,
): Promise<DeleteResult> {
  const { identity, repo } = services;
  const authorize = (signal: AbortSignal): Promise<void> =>
    identity.authorize(context.caller, 'maintainer', 'delete clusters', signal);
  await authorize(context.signal);

  const { clusters } = repo.snapshot();
  const entry = clusters.get(name);
  if (entry === undefined) return deleteAgain(services, context, name, options);
  checkMayBeDeleted(name, clusters);
  const registrations = await registrationsOf(services, name, entry.cluster);
  if (!options.force) for (const going of registrations) await checkNothingIsLost(services, going, context.signal);
  if (!repo.snapshot().clusters.has(name)) return deleteAgain(services, context, name, options); // that took its time
  const stored: OffboardingRecord[] = [];
  for (const going of registrations) {
    const record = newRecord(services, context, going, options.force);
    if (await recordOffboarding(services, record)) stored.push(record);
  }
  if (options.force) await forceAll(services, name);
  return commitRemoval(services, context, name, { stored, options, authorize });
}

/** Lets every off-boarding of the name end without its cluster, also that of an earlier registration. */
async function forceAll({ status }: RegistryServices, name: string): Promise<void> {
  for (const record of await status.offboardings()) {
    if (record.cluster === name && !record.forced) await status.putOffboarding({ ...record, forced: true });
  }
}

/** The file is gone already: an off-boarding is under way, was held back for confirmation, or there is nothing. */
async function deleteAgain(
  services: RegistryServices,
  context: CallerContext,
  name: string,
  options: DeleteOptions,
): Promise<DeleteResult> {
  const { status, repo } = services;
  const { commit } = repo.snapshot();
  const records = (await status.offboardings()).filter(({ cluster }) => cluster === name);
  const registration = await registrationOf(services, name, undefined);
  const isRecorded = records.some(({ incarnation }) => incarnation === registration?.incarnation);
  const [record] = records;
  if (record !== undefined && options.force) {
    await forceAll(services, name);
    await tell(services, context, record, 'RemovalForced', 'asked not to wait for the cluster');
  }
  if (record !== undefined && (isRecorded || registration === undefined)) return { commit: record.commit || commit };
  if (registration === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
  if (!options.force) await checkNothingIsLost(services, registration, context.signal);
  await recordOffboarding(services, newRecord(services, context, registration, options.force));
  await tell(services, context, { cluster: name, ...registration }, 'RemovalConfirmed', 'confirmed the removal');
  return { commit };
}

/** An event; the controllers listen for it, as there is no commit that would tell them. */
async function tell(
  { status }: RegistryServices,
  { caller }: CallerContext,
  { cluster, incarnation }: { readonly cluster: string; readonly incarnation: string },
  reason: 'RemovalForced' | 'RemovalConfirmed',
  what: string,
): Promise<void> {
  const message = `${caller.name} ${what}`;
  await status.addEvent({ cluster, incarnation, type: 'Normal', reason, message, subject: '' });
}

interface Removal {
  /** The records that this call has stored. */
  readonly stored: readonly OffboardingRecord[];
  readonly options: DeleteOptions;
  readonly authorize: (signal: AbortSignal) => Promise<void>;
}

async function commitRemoval(
  services: RegistryServices,
  { caller, requestId, signal }: CallerContext,
  name: string,
  { stored, options, authorize }: Removal,
): Promise<DeleteResult> {
  const forced: readonly (readonly [string, string])[] = options.force ? [['Forced', 'yes']] : [];
  try {
    const { commit } = await services.repo.change(
      {
        author: caller,
        subject: `Delete cluster ${name}`,
        requestId,
        trailers: [['Cluster', name], ['Operation', 'delete'], ...forced],
        decide: (clusters): Edit | undefined => {
          if (!clusters.has(name)) return undefined; // somebody else was faster, to the same end
          checkMayBeDeleted(name, clusters);
          return { name, cluster: undefined };
        },
        reauthorize: authorize,
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
