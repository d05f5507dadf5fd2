import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { timestamp } from '../../base/clock.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { isRegistered, type OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import { declaredPlace, placeOf } from '../../resources/cluster/place.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { RegistryServices, UseCase } from '../services.ts';

/** What is known of the registration that goes. */
export interface Registration {
  readonly name: string;
  readonly incarnation: string;
  /** What the file calls it, where a hand has changed that. */
  readonly fileIncarnation?: string;
  /** Empty when it is not known any more. */
  readonly apiServer: string;
  /** Empty for physical clusters. */
  readonly hostCluster: string;
  readonly hostIncarnation?: string;
}

/**
 * The registration of a name from its file, or from the status when the file cannot be read or is gone. Where it was made
 * is not what the file says when somebody has changed that by hand.
 */
export async function registrationOf(
  { status, inventory, repo }: RegistryServices,
  name: string,
  cluster: Cluster | undefined,
): Promise<Registration | undefined> {
  const known = await status.get(clusterKey(name));
  if (cluster !== undefined) {
    const { incarnation, spec } = cluster;
    const declared = declaredPlace(spec);
    const entries = await inventory.list(clusterRegistration({ cluster: name, incarnation }));
    const place = placeOf(incarnation, known, entries) ?? declared;
    const apiServer = (place === declared ? undefined : known?.apiServer) ?? spec.apiServer;
    const madeOn = known?.incarnation === incarnation ? known.host : undefined;
    const declaredHost = repo.snapshot().of(clusterFiles).get(place)?.resource?.incarnation;
    return { name, incarnation, apiServer, ...onHost(madeOn ?? { cluster: place, incarnation: declaredHost }) };
  }
  if (known === undefined || known.incarnation === '') return undefined; // only the file was looked at, in vain
  const { incarnation, host, apiServer = '' } = known;
  return { name, incarnation, apiServer, ...onHost(host) };
}

/**
 * Everything that goes with a name: the registration of its file, and the one that was carried out where somebody has
 * changed the incarnation by hand. That one is the last, so that its receipt is the one that people see.
 */
export async function registrationsOf(
  services: RegistryServices,
  name: string,
  cluster: Cluster | undefined,
): Promise<readonly Registration[]> {
  // Before the status: an off-boarding that ends meanwhile takes both with it.
  const records = await services.offboardings.list(CLUSTER_KIND);
  const registered = await registrationOf(services, name, cluster);
  const carriedOut = await registrationOf(services, name, undefined);
  if (registered === undefined || carriedOut === undefined) return registered === undefined ? [] : [registered];
  const { incarnation } = carriedOut;
  const isRecorded = records.some((record) => record.incarnation === incarnation);
  if (incarnation === registered.incarnation || isRecorded) return [registered];
  return [registered, { ...carriedOut, fileIncarnation: registered.incarnation }];
}

function onHost(
  host: { readonly cluster: string; readonly incarnation: string | undefined } | undefined,
): Pick<Registration, 'hostCluster' | 'hostIncarnation'> {
  const { cluster: hostCluster = '', incarnation } = host ?? {};
  return incarnation === undefined ? { hostCluster } : { hostCluster, hostIncarnation: incarnation };
}

/** The record of an off-boarding that somebody has asked for and that has not begun. */
export function newRecord(
  { services, caller, requestId }: UseCase,
  { name, ...registration }: Registration,
  forced: boolean,
): OffboardingRecord {
  return {
    cluster: name,
    ...registration,
    requestedBy: caller.name,
    requestedAt: timestamp(services.clock.now()),
    requestId,
    forced,
    commit: '',
    startedAt: '',
  };
}

/**
 * Stores the record unless somebody else was faster: that one may be acting already. One that has acted although the
 * cluster is registered is of a deletion that was undone.
 * @returns whether it was stored
 */
export async function recordOffboarding(services: RegistryServices, record: OffboardingRecord): Promise<boolean> {
  const known = await recordOf(services, record);
  const isFree = known === undefined || (known.startedAt !== '' && isStillRegistered(services, known));
  if (isFree) await services.offboardings.put(clusterRegistration(record), record);
  return isFree;
}

/** Forgets a record after a refusal, unless the cluster goes by somebody else's deletion, which counts on the record. */
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
