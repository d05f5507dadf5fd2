import type { Cluster } from '../cluster.ts';
import { startDefinitionController } from './custom-resource-definitions.ts';
import { startNamespaceController } from './namespaces.ts';

/** Starts everything that acts on the objects of a cluster by itself. */
export function startControllers(cluster: Cluster): void {
  startDefinitionController(cluster);
  startNamespaceController(cluster);
}
