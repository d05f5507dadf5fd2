import { FIELD_MANAGER, type KubeObject, ownershipLabels } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import { objectCondition, readiness } from '../conditions.ts';
import { factLabels } from '../facts.ts';
import type { PublishedCluster } from '../publication.ts';
import { accessProviders } from './access-providers.ts';

/** The kind of the cluster inventory (cluster-inventory-api v0.1.2). */
export const clusterProfileType: ResourceType = {
  apiVersion: 'multicluster.x-k8s.io/v1alpha1',
  kind: 'ClusterProfile',
  plural: 'clusterprofiles',
  namespaced: true,
  listable: true,
};

/** Names the manager of a profile as its spec does; consumers select by it. */
export const CLUSTER_MANAGER_LABEL = 'x-k8s.io/cluster-manager';

/** Name of the cluster manager where none is configured. */
export const DEFAULT_CLUSTER_MANAGER = FIELD_MANAGER;

/** Longest value of a property. */
const MAXIMUM_PROPERTY_LENGTH = 1024;

export interface ClusterProfilePlace {
  readonly namespace: string;
  /** Name of the cluster manager: profiles of another are not touched. */
  readonly manager: string;
}

/** The profile of a cluster without its status. */
export function clusterProfile(published: PublishedCluster, { namespace, manager }: ClusterProfilePlace): KubeObject {
  const { owner } = published;
  const labels = {
    ...ownershipLabels(owner, 'cluster-profiles'),
    ...factLabels(published),
    [CLUSTER_MANAGER_LABEL]: manager,
  };
  return {
    apiVersion: clusterProfileType.apiVersion,
    kind: clusterProfileType.kind,
    metadata: { name: owner.cluster, namespace, labels },
    spec: { displayName: owner.cluster, clusterManager: { name: manager } },
  };
}

/** The status of the profile without its conditions, to be applied to its subresource. */
export function clusterProfileStatus(published: PublishedCluster, { namespace }: ClusterProfilePlace): KubeObject {
  const { owner, status, binding } = published;
  const { version } = status.kubernetes;
  return {
    apiVersion: clusterProfileType.apiVersion,
    kind: clusterProfileType.kind,
    metadata: { name: owner.cluster, namespace },
    status: {
      ...(version === '' ? {} : { version: { kubernetes: version } }),
      properties: profileProperties(published),
      accessProviders: accessProviders(owner.cluster, namespace, binding),
    },
  };
}

/** The conditions of the profile: the cluster's control plane is healthy when it was reached. */
export function clusterProfileConditions(
  { name, conditions }: Pick<ClusterStatus, 'name' | 'conditions'>,
  namespace: string,
): KubeObject {
  const reachable = conditions.find(({ type }) => type === 'Reachable');
  const healthy = reachable && objectCondition(reachable, 'ControlPlaneHealthy');
  const shown = [healthy, readiness(conditions)].filter((condition) => condition !== undefined);
  return {
    apiVersion: clusterProfileType.apiVersion,
    kind: clusterProfileType.kind,
    metadata: { name, namespace },
    status: { conditions: shown },
  };
}

interface Property {
  readonly name: string;
  readonly value: string;
}

/** What is known of the cluster; `cluster.clusterset.k8s.io` is its identifier after the About API (KEP-2149). */
function profileProperties({ spec, status }: PublishedCluster): readonly Property[] {
  const { clusterType, usage, workerType = '', hostCluster = '', primaryDomain } = spec;
  const properties: readonly Property[] = [
    { name: 'cluster.clusterset.k8s.io', value: status.kubernetes.uid },
    { name: 'cluster.nautes.io/commit', value: status.commit },
    { name: 'cluster.nautes.io/domain', value: primaryDomain },
    { name: 'cluster.nautes.io/entry-points', value: joined(status.entryPoints) },
    { name: 'cluster.nautes.io/host', value: hostCluster },
    { name: 'cluster.nautes.io/type', value: clusterType },
    { name: 'cluster.nautes.io/usage', value: usage },
    { name: 'cluster.nautes.io/worker-type', value: workerType },
  ];
  return properties.filter(({ value }) => value !== '' && value.length <= MAXIMUM_PROPERTY_LENGTH);
}

/** As many of the texts as a property has room for. */
function joined(texts: readonly string[]): string {
  let all = '';
  for (const text of texts) {
    const longer = all === '' ? text : `${all},${text}`;
    if (longer.length > MAXIMUM_PROPERTY_LENGTH) break;
    all = longer;
  }
  return all;
}
