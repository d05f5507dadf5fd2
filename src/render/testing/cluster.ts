import type { Cluster } from '../../model/cluster.ts';

/** A physical worker with the default additions. */
export function testCluster(name: string): Cluster {
  const component = (component: string, namespace = component, additions = {}) => ({
    name: component,
    namespace,
    additions,
  });
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
        multiTenant: component('hnc', 'hnc-system'),
        gateway: component('traefik', 'traefik', { httpNodePort: '30080', httpsNodePort: '30443' }),
        deployment: component('argocd', 'argocd', { host: `argocd.${name}.127.0.1.1.nip.io` }),
      },
      reservedNamespacesAllowedProducts: {},
      productAllowedClusterResources: {},
    },
  };
}
