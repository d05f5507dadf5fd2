import type { Cluster, ClusterResource, ComponentChoice } from '../../model/cluster.ts';
import type { wireCategories } from '../decode/spelling.ts';

export interface ComponentReply {
  readonly name: string;
  readonly namespace: string;
  readonly additions: Readonly<Record<string, string>>;
}

/** A cluster as version 0.4 of the original answers it: every field is there. */
export interface ClusterReply {
  readonly name: string;
  readonly cluster_kind: string;
  readonly cluster_type: string;
  readonly usage: string;
  readonly host_cluster: string;
  readonly primary_domain: string;
  readonly worker_type: string;
  readonly api_server: string;
  readonly components_list: Readonly<Record<keyof typeof wireCategories, ComponentReply | null>>;
  readonly reserved_namespaces_allowed_products: Readonly<Record<string, readonly string[]>>;
  readonly product_allowed_cluster_resources: Readonly<Record<string, readonly ClusterResource[]>>;
}

export function clusterReply({ name, spec }: Cluster): ClusterReply {
  const component = (choice: ComponentChoice | undefined): ComponentReply | null =>
    choice === undefined ? null : { name: choice.name, namespace: choice.namespace, additions: choice.additions };
  const { components } = spec;
  return {
    name,
    cluster_kind: spec.clusterKind,
    cluster_type: spec.clusterType,
    usage: spec.usage,
    host_cluster: spec.hostCluster ?? '',
    primary_domain: spec.primaryDomain,
    worker_type: spec.workerType ?? '',
    api_server: spec.apiServer,
    components_list: {
      multi_tenant: component(components.multiTenant),
      secret_sync: component(components.secretSync),
      gateway: component(components.gateway),
      deployment: component(components.deployment),
      progressive_delivery: component(components.progressiveDelivery),
      pipeline: component(components.pipeline),
      event_listener: component(components.eventListener),
    },
    reserved_namespaces_allowed_products: spec.reservedNamespacesAllowedProducts,
    product_allowed_cluster_resources: spec.productAllowedClusterResources,
  };
}
