import type { Cluster } from '../../resources/cluster/cluster.ts';

/** A physical worker with the default additions. */
export function testCluster(name: string): Cluster {
  const choice = (component: string, namespace: string, additions = {}) => ({ name: component, namespace, additions });
  return {
    name,
    incarnation: 'i1',
    spec: {
      apiServer: 'https://127.0.1.1:6443',
      clusterKind: 'kubernetes',
      clusterType: 'physical',
      usage: 'worker',
      workerType: 'deployment',
      primaryDomain: '127.0.1.1.nip.io',
      components: {
        multiTenant: choice('hnc', 'hnc-system'),
        gateway: choice('traefik', 'traefik', { httpNodePort: '30080', httpsNodePort: '30443' }),
        deployment: choice('argocd', 'argocd', { host: `argocd.${name}.127.0.1.1.nip.io` }),
      },
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
    },
  };
}
