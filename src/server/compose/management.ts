import type { Logger } from '../../base/logger.ts';
import { type ManagementCluster, openKubeconfigCluster, openServiceAccountCluster } from '../../management/index.ts';
import { proxyOf } from '../configuration/proxies.ts';
import type { Configuration } from '../configuration/configuration.ts';

/**
 * The configured management cluster; `undefined` without one. Nothing is sent to it yet.
 * @throws NautesError `ManagementAccessUnusable`
 */
export async function openManagement(
  configuration: Configuration,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<ManagementCluster | undefined> {
  const cluster = await configuredCluster(configuration);
  if (cluster === undefined) return undefined;
  opened.defer(() => cluster.close());
  logger.info({ cluster: cluster.describe, namespace: cluster.namespace }, 'management cluster');
  return cluster;
}

async function configuredCluster(configuration: Configuration): Promise<ManagementCluster | undefined> {
  const { kubeconfig, inCluster, serviceAccountDirectory: directory, namespace } = configuration.management;
  const proxy = await proxyOf(configuration, 'management');
  if (kubeconfig !== '') return await openKubeconfigCluster(kubeconfig, namespace, proxy);
  return inCluster
    ? await openServiceAccountCluster({ directory, namespace, proxy, environment: process.env })
    : undefined;
}
