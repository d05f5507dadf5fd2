import type { Cluster } from '../../resources/cluster/cluster.ts';
import type { ComponentChoice } from '../../resources/cluster/components.ts';
import type { Reply } from '../../contract/reply.ts';
import type { ClusterReply, ComponentReply } from '../../contract/schemas/replies.ts';

/** A cluster as version 0.4 of the original answers it, with what a later save needs and that leaves out. */
export function clusterReply({ name, spec }: Cluster): Reply<typeof ClusterReply> {
  const component = (choice: ComponentChoice | undefined): Reply<typeof ComponentReply> | null =>
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
    ...(spec.vclusterNodePort === undefined ? {} : { vcluster: { https_node_port: String(spec.vclusterNodePort) } }),
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
