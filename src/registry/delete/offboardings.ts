import { timestamp } from '../../base/clock.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import {
  type DepartingRegistration,
  departingRegistrations,
  newOffboarding,
} from '../../resources/cluster/departing-registration.ts';
import { isRegistered, type OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { RegistryServices, UseCase } from '../services.ts';

/**
 * What goes with a name and has no off-boarding record of an earlier incarnation yet.
 * @param file absent when it cannot be understood, or is gone
 */
export async function departing(
  { status, inventory, offboardings, repo }: RegistryServices,
  name: string,
  file: Cluster | undefined,
): Promise<readonly DepartingRegistration[]> {
  const records = await offboardings.list(CLUSTER_KIND); // before the status: what ends meanwhile takes both with it
  const scope = { cluster: name, incarnation: file?.incarnation ?? '' };
  const registrations = departingRegistrations(file, {
    status: await status.get(clusterKey(name)),
    inventory: await inventory.list(clusterRegistration(scope)),
    hostIncarnation: (host) => repo.snapshot().of(clusterFiles).get(host)?.resource?.incarnation,
  });
  const isRecorded = ({ incarnation }: DepartingRegistration): boolean =>
    records.some((record) => record.incarnation === incarnation);
  return registrations.filter((each) => each.fileIncarnation === undefined || !isRecorded(each));
}

/** The record of an off-boarding that the caller has asked for. */
export function newRecord(
  { services, caller, requestId }: UseCase,
  registration: DepartingRegistration,
  forced: boolean,
): OffboardingRecord {
  const requestedAt = timestamp(services.clock.now());
  return newOffboarding(registration, { requestedBy: caller.name, requestedAt, requestId, forced, commit: '' });
}

/**
 * Stores the record unless another request was faster: that one may be acting already. One that has acted although the
 * cluster is registered is of a deletion that was undone.
 * @returns whether it was stored
 */
export async function recordOffboarding(services: RegistryServices, record: OffboardingRecord): Promise<boolean> {
  const known = await recordOf(services, record);
  const isFree = known === undefined || (known.startedAt !== '' && isStillRegistered(services, known));
  if (isFree) await services.offboardings.put(clusterRegistration(record), record);
  return isFree;
}

/** Forgets a record after a refusal, unless the cluster goes by another deletion, which counts on the record. */
export async function withdrawOffboarding(services: RegistryServices, record: OffboardingRecord): Promise<void> {
  const known = await recordOf(services, record);
  if (known?.startedAt === '' && isStillRegistered(services, known))
    await services.offboardings.remove(clusterRegistration(record));
}

async function recordOf(
  { offboardings }: RegistryServices,
  { incarnation }: OffboardingRecord,
): Promise<OffboardingRecord | undefined> {
  return (await offboardings.list(CLUSTER_KIND)).find((record) => record.incarnation === incarnation);
}

function isStillRegistered({ repo }: RegistryServices, record: OffboardingRecord): boolean {
  return isRegistered(record, repo.snapshot().of(clusterFiles).get(record.cluster));
}
