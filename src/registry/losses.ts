import { clusterRegistration } from '../resources/cluster/cluster-key.ts';
import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { type DependantsReport, findDependants } from '../kube/index.ts';
import { describeReference } from '../kube-objects/kube-object.ts';
import type { Cluster, ClusterSpec } from '../resources/cluster/cluster.ts';
import { reservedComponentNames } from '../resources/inventory.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { RegistryServices } from './services.ts';

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
  const losses = await look(services, registration, () => true, signal);
  return losses === undefined ? undefined : new NautesError('ClusterInUse', losses);
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
  const named = report.dependants.slice(0, NAMED_OBJECTS).map(({ object }) => describeReference(object));
  const objects = report.total > named.length ? [...named, '…'] : named;
  return { cluster: registration.cluster, count: report.total, objects: objects.join(', ') };
}

async function ask(
  services: RegistryServices,
  scope: CredentialScope,
  isMeant: (component: string) => boolean,
  signal: AbortSignal,
): Promise<DependantsReport | undefined> {
  const inventory = await services.inventory.list(clusterRegistration(scope));
  const entries = inventory.filter(({ component }) => !reservedComponentNames.has(component) && isMeant(component));
  if (entries.length === 0) return undefined;
  const credential = await services.credentials.active(scope, signal);
  if (credential === undefined) return undefined;
  const isWhole = entries.length === inventory.filter(({ component }) => !reservedComponentNames.has(component)).length;
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
