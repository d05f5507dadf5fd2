import type { ClusterState } from '../cluster/cluster-state.ts';
import { startApiServiceController } from './api-services.ts';
import { startDefinitionController } from './custom-resource-definitions.ts';
import { startDeploymentController } from './deployments.ts';
import { startEndpointsController } from './endpoints.ts';
import { startGarbageCollector } from './garbage-collection.ts';
import { startJobController } from './jobs.ts';
import { startNamespaceController } from './namespaces.ts';
import { startPodController } from './pods.ts';
import { startReplicaSetController } from './replica-sets.ts';
import { startNamedPodControllers } from './stateful-sets.ts';
import { startTokenSecretController } from './token-secrets.ts';
import { startVolumeController } from './volumes.ts';

/** Starts all controllers of a cluster. */
export function startControllers(cluster: ClusterState): void {
  startDefinitionController(cluster);
  startNamespaceController(cluster);
  startGarbageCollector(cluster);
  startPodController(cluster);
  startReplicaSetController(cluster);
  startDeploymentController(cluster);
  startNamedPodControllers(cluster);
  startJobController(cluster);
  startEndpointsController(cluster);
  startApiServiceController(cluster);
  startVolumeController(cluster);
  startTokenSecretController(cluster);
}
