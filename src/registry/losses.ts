import { clusterRegistration } from '../resources/cluster/cluster-key.ts';
import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { type DependantsReport, findDependants } from '../kube/index.ts';
import { describeReference } from '../kube-objects/kube-object.ts';
import type { Cluster, ClusterSpec } from '../resources/cluster/cluster.ts';
import { isPublication } from '../resources/cluster/publication.ts';
import { reservedComponentNames } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { PublicationUsers, RegistryServices } from './services.ts';

/** A cluster that does not answer in this time is not asked any further: what would be lost is then left on it. */
const LOOK_TIMEOUT_MILLISECONDS = 15_000;
const NAMED_OBJECTS = 10;

/**
 * `ClusterInUse` when users have made objects of the cluster's components, which would go with it. A cluster that cannot
 * be asked has none.
 */
export async function lossesOfDeletion(
  services: RegistryServices,
  registration: CredentialScope,
  signal: AbortSignal,
): Promise<NautesError | undefined> {
  const report = await ask(services, registration, () => true, signal);
  const { staying } = await publicationUsers(services, registration, signal);
  const objects = [...staying, ...(report?.dependants ?? []).map(({ object }) => object)];
  const count = staying.length + (report?.total ?? 0);
  return count === 0 ? undefined : new NautesError('ClusterInUse', lossesOf(registration, objects, count));
}

/**
 * Who uses the cluster by what is published of it. A management cluster that cannot be asked knows of nobody: the
 * off-boarding asks it again, and waits for it.
 */
export async function publicationUsers(
  services: RegistryServices,
  registration: CredentialScope,
  signal: AbortSignal,
): Promise<PublicationUsers> {
  const inventory = await services.inventory.list(clusterRegistration(registration));
  const nobody = { leaving: [], staying: [] };
  if (services.publications === undefined || !inventory.some(isPublication)) return nobody;
  try {
    const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
    return await services.publications.usersOf(registration, inventory, deadline);
  } catch (error) {
    signal.throwIfAborted();
    const fields = { cluster: registration.cluster, error };
    services.logger.info(fields, 'the management cluster could not be asked who uses the cluster');
    return nobody;
  }
}

/** `VarietyInUse` when a change of the cluster's profile removes components with objects of users. */
export async function lossesOfChange(
  services: RegistryServices,
  before: Cluster,
  after: Pick<Cluster, 'incarnation' | 'spec'>,
  signal: AbortSignal,
): Promise<NautesError | undefined> {
  const isSame = before.incarnation === after.incarnation;
  if (isSame && !isOtherProfile(before.spec, after.spec)) return undefined;
  const kept = isSame ? Object.values(after.spec.components) : [];
  const names = new Set(kept.map(({ name }) => name));
  const losses = await look(
    services,
    { cluster: before.name, incarnation: before.incarnation },
    (component) => !names.has(component),
    signal,
  );
  return losses === undefined ? undefined : new NautesError('VarietyInUse', losses);
}

/** Whether the two differ in type, usage, worker type or host. */
function isOtherProfile(left: ClusterSpec, right: ClusterSpec): boolean {
  return (['usage', 'clusterType', 'workerType', 'hostCluster'] as const).some((field) => left[field] !== right[field]);
}

type Losses = { readonly cluster: string; readonly count: number; readonly objects: string };

async function look(
  services: RegistryServices,
  registration: CredentialScope,
  isMeant: (component: string) => boolean,
  signal: AbortSignal,
): Promise<Losses | undefined> {
  const report = await ask(services, registration, isMeant, signal);
  if (report === undefined || report.total === 0) return undefined;
  const objects = report.dependants.map(({ object }) => object);
  return lossesOf(registration, objects, report.total);
}

function lossesOf({ cluster }: CredentialScope, objects: readonly ObjectReference[], count: number): Losses {
  const named = objects.slice(0, NAMED_OBJECTS).map(describeReference);
  return { cluster, count, objects: (count > named.length ? [...named, '…'] : named).join(', ') };
}

async function ask(
  services: RegistryServices,
  scope: CredentialScope,
  isMeant: (component: string) => boolean,
  signal: AbortSignal,
): Promise<DependantsReport | undefined> {
  const inventory = await services.inventory.list(clusterRegistration(scope));
  const components = inventory.filter((entry) => !reservedComponentNames.has(entry.component) && !isPublication(entry));
  const entries = components.filter(({ component }) => isMeant(component));
  if (entries.length === 0) return undefined;
  const credential = await services.credentials.active(scope, signal);
  if (credential === undefined) return undefined;
  const isWhole = entries.length === components.length;
  const request = { owner: { installation: services.installation.id, ...scope }, entries, isWhole };
  const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
  try {
    return await services.access.use(
      credential.stored,
      (connection) => findDependants(connection, request, deadline),
      deadline,
    );
  } catch (error) {
    signal.throwIfAborted();
    services.logger.info(
      { cluster: scope.cluster, error },
      'the cluster could not be asked what its deletion would destroy',
    );
    return undefined;
  }
}
