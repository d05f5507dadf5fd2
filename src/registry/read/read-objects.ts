import { clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { UseCase } from '../services.ts';
import { getStatus } from './read-statuses.ts';

/**
 * What is remembered of the objects of a registration, those of one component or of all. The cluster is not asked.
 * @throws NautesError `ClusterNotFound`
 */
export async function clusterObjects(
  useCase: UseCase,
  name: string,
  component: string,
): Promise<readonly InventoryEntry[]> {
  const { incarnation } = await getStatus(useCase, name);
  const entries = await useCase.services.inventory.list(clusterRegistration({ cluster: name, incarnation }));
  return component === '' ? entries : entries.filter((entry) => entry.component === component);
}
