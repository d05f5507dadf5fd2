import type { ResourceKind } from '../kind.ts';
import { clusterFields } from './fields.ts';
import { olderSpellings } from './older-spellings.ts';

/** The `Cluster` kind of the original (`nautes.resource.nautes.io/v1alpha1`), with Nautes' additions. */
export const clusterKind = {
  kind: 'Cluster',
  singular: 'cluster',
  plural: 'clusters',
  short: ['cls'],
  path: ['clusters', '{name}'],
  fields: clusterFields,
  annotations: {
    credentialVersion: 'cluster.nautes.io/credential-version',
    rotationRequest: 'cluster.nautes.io/rotation-request',
    kubernetesUid: 'cluster.nautes.io/kubernetes-uid',
    takeOver: 'cluster.nautes.io/take-over',
  },
  times: { registeredAt: 'cluster.nautes.io/registered-at' },
  replyOrder: [
    'cluster_kind',
    'cluster_type',
    'usage',
    'host_cluster',
    'primary_domain',
    'worker_type',
    'api_server',
    'vcluster',
    'components_list',
  ],
  groups: { vcluster: 'Virtual clusters only.' },
  olderSpellings,
  indexes: ['apiServer', 'kubernetesUid', 'hostCluster'],
  references: ({ spec: { hostCluster, reservedNamespacesAllowedProducts, productAllowedClusterResources } }) => {
    const products = [
      ...Object.values(reservedNamespacesAllowedProducts).flatMap((names) =>
        names.map((key) => ({ field: 'reserved_namespaces_allowed_products', key })),
      ),
      ...Object.keys(productAllowedClusterResources).map((key) => ({
        field: 'product_allowed_cluster_resources',
        key,
      })),
    ];
    return [
      ...(hostCluster === undefined ? [] : [{ kind: 'Cluster', field: 'host_cluster', key: hostCluster }]),
      ...products.map((named) => ({ kind: 'Product', index: 'group', ...named })),
    ];
  },
} as const satisfies ResourceKind<typeof clusterFields>;
