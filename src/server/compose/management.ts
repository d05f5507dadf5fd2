import type { Logger } from '../../base/logger.ts';
import { type ManagementCluster, openKubeconfigCluster, openServiceAccountCluster } from '../../management/index.ts';
import type { AddressProxies } from '../../kube/index.ts';
import { kubeconfigProxies, proxyOf } from '../configuration/proxies.ts';
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

/** By which a management cluster is reached, and which its kubeconfig may name. */
export async function managementProxies(configuration: Configuration): Promise<AddressProxies> {
  const proxy = await proxyOf(configuration, 'management');
  return { proxy, kubeconfigProxies: await kubeconfigProxies(configuration) };
}

async function configuredCluster(configuration: Configuration): Promise<ManagementCluster | undefined> {
  const { kubeconfig, inCluster, serviceAccountDirectory: directory, namespace } = configuration.management;
  const proxies = await managementProxies(configuration);
  if (kubeconfig !== '') return await openKubeconfigCluster(kubeconfig, namespace, proxies);
  return inCluster
    ? await openServiceAccountCluster({ directory, namespace, proxies, environment: process.env })
    : undefined;
}
