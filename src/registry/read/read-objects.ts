import { clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { UseCase } from '../services.ts';
import { type HeldObject, heldObjects } from './held-object.ts';
import { getStatus } from './read-statuses.ts';

/**
 * What is remembered of the objects of a registration, those of one component or of all. The cluster is not asked.
 * @throws NautesError `ClusterNotFound`
 */
export async function clusterObjects(
  useCase: UseCase,
  name: string,
  component: string,
): Promise<readonly HeldObject[]> {
  const { incarnation, components } = await getStatus(useCase, name);
  const entries = await useCase.services.inventory.list(clusterRegistration({ cluster: name, incarnation }));
  const wanted = component === '' ? entries : entries.filter((entry) => entry.component === component);
  return heldObjects(wanted, components);
}
