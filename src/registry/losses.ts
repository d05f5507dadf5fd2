import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { type DependantsReport, findDependants } from '../kube/index.ts';
import { describeReference } from '../kube-objects/kube-object.ts';
import type { Cluster, ClusterSpec } from '../resources/cluster/cluster.ts';
import { reservedComponentNames } from '../resources/inventory.ts';
import type { RegistryServices } from './services.ts';

/** A cluster that does not answer in this time is not asked any further: what would be lost is then left on it. */
const LOOK_TIMEOUT_MILLISECONDS = 15_000;
const NAMED_OBJECTS = 10;

/**
 * Looks for what the cluster's users have built on its components and would lose with them.
 * @throws NautesError `ClusterInUse` naming it; a cluster that cannot be asked has nothing to say
 */
export async function checkNothingIsLost(
  services: RegistryServices,
  registration: { readonly name: string; readonly incarnation: string },
  signal: AbortSignal,
): Promise<void> {
  const report = await look(services, registration, () => true, signal);
  if (report !== undefined) throw new NautesError('ClusterInUse', report);
}

/**
 * The same for a change of what kind of cluster it is: for what the components that go would take with them.
 * @throws NautesError `VarietyInUse` naming it
 */
export async function checkChangeLosesNothing(
  services: RegistryServices,
  before: Cluster,
  after: Pick<Cluster, 'incarnation' | 'spec'>,
  signal: AbortSignal,
): Promise<void> {
  const isSame = before.incarnation === after.incarnation;
  if (isSame && !isOtherVariety(before.spec, after.spec)) return;
  const kept = isSame ? Object.values(after.spec.components) : [];
  const names = new Set(kept.map(({ name }) => name));
  const report = await look(services, before, (component) => !names.has(component), signal);
  if (report !== undefined) throw new NautesError('VarietyInUse', report);
}

/** Whether the two are different kinds of cluster, or stand on different hosts. */
export function isOtherVariety(left: ClusterSpec, right: ClusterSpec): boolean {
  return (['usage', 'clusterType', 'workerType', 'hostCluster'] as const).some((field) => left[field] !== right[field]);
}

type Losses = { readonly cluster: string; readonly count: number; readonly objects: string };

async function look(
  services: RegistryServices,
  registration: { readonly name: string; readonly incarnation: string },
  isMeant: (component: string) => boolean,
  signal: AbortSignal,
): Promise<Losses | undefined> {
  const report = await ask(services, registration, isMeant, signal);
  if (report === undefined || report.total === 0) return undefined;
  const named = report.dependants.slice(0, NAMED_OBJECTS).map(({ object }) => describeReference(object));
  const objects = report.total > named.length ? [...named, '…'] : named;
  return { cluster: registration.name, count: report.total, objects: objects.join(', ') };
}

async function ask(
  services: RegistryServices,
  { name, incarnation }: { readonly name: string; readonly incarnation: string },
  isMeant: (component: string) => boolean,
  signal: AbortSignal,
): Promise<DependantsReport | undefined> {
  const inventory = await services.status.inventory(incarnation);
  const entries = inventory.filter(({ component }) => !reservedComponentNames.has(component) && isMeant(component));
  if (entries.length === 0) return undefined;
  const credential = await services.credentials.active({ cluster: name, incarnation }, signal);
  if (credential === undefined) return undefined;
  const request = { incarnation, entries };
  const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
  try {
    return await services.access.use(
      credential.stored,
      (connection) => findDependants(connection, request, deadline),
      deadline,
    );
  } catch (error) {
    signal.throwIfAborted();
    services.logger.info({ cluster: name, error }, 'the cluster could not be asked what its deletion would destroy');
    return undefined;
  }
}
