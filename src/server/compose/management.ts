import type { Logger } from '../../base/logger.ts';
import { type ManagementCluster, openKubeconfigCluster, openServiceAccountCluster } from '../../management/index.ts';
import type { Configuration } from '../configuration/configuration.ts';

/**
 * The configured management cluster; `undefined` without one. Nothing is sent to it yet.
 * @throws NautesError `ManagementAccessUnusable`
 */
export async function openManagement(
  { management }: Configuration,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<ManagementCluster | undefined> {
  const cluster = await configuredCluster(management);
  if (cluster === undefined) return undefined;
  opened.defer(() => cluster.close());
  logger.info({ cluster: cluster.describe, namespace: cluster.namespace }, 'management cluster');
  return cluster;
}

async function configuredCluster(management: Configuration['management']): Promise<ManagementCluster | undefined> {
  const { kubeconfig, inCluster, serviceAccountDirectory: directory, namespace } = management;
  if (kubeconfig !== '') return await openKubeconfigCluster(kubeconfig, namespace);
  return inCluster ? await openServiceAccountCluster({ directory, namespace, environment: process.env }) : undefined;
}
