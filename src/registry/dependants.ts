import { NautesError } from '../base/errors.ts';
import { withDeadline } from '../base/timing.ts';
import {
  connectionOptions,
  type DependantsReport,
  describeReference,
  findDependants,
  openConnection,
} from '../kube/index.ts';
import { ACCESS_COMPONENT } from '../model/inventory.ts';
import type { StoredCredential } from '../model/credential.ts';
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
  const report = await look(services, registration, signal);
  if (report === undefined || report.total === 0) return;
  const named = report.dependants.slice(0, NAMED_OBJECTS).map(({ object }) => describeReference(object));
  const objects = report.total > named.length ? [...named, '…'] : named;
  const details = { cluster: registration.name, count: report.total, objects: objects.join(', ') };
  throw new NautesError('ClusterInUse', details);
}

async function look(
  services: RegistryServices,
  { name, incarnation }: { readonly name: string; readonly incarnation: string },
  signal: AbortSignal,
): Promise<DependantsReport | undefined> {
  const inventory = await services.status.inventory(incarnation);
  const entries = inventory.filter(({ component }) => component !== ACCESS_COMPONENT);
  if (entries.length === 0) return undefined;
  const credential = await activeCredential(services, name, incarnation, signal);
  if (credential === undefined) return undefined;
  const connection = openConnection(connectionOptions(credential, services.addresses));
  try {
    return await findDependants(connection, { incarnation, entries }, withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS));
  } catch (error) {
    signal.throwIfAborted();
    services.logger.info({ cluster: name, error }, 'the cluster could not be asked what its deletion would destroy');
    return undefined;
  } finally {
    connection.close();
  }
}

async function activeCredential(
  { secrets }: RegistryServices,
  cluster: string,
  incarnation: string,
  signal: AbortSignal,
): Promise<StoredCredential | undefined> {
  const scope = { cluster, incarnation };
  const pointer = await secrets.active(scope, signal);
  return pointer === undefined ? undefined : secrets.read(scope, pointer.version, signal);
}
