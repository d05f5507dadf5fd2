/**
 * What a registered cluster is: the data of its file in the tenant configuration repository.
 * The field names are those of the `Cluster` kind (`nautes.resource.nautes.io/v1alpha1`).
 */

export type ClusterType = 'physical' | 'virtual';
export type ClusterUsage = 'host' | 'worker';
export type WorkerType = 'deployment' | 'pipeline';

/** The kinds of component that a cluster can have, in the order in which the API shows them. */
export const componentCategories = [
  'multiTenant',
  'secretSync',
  'gateway',
  'deployment',
  'progressiveDelivery',
  'pipeline',
  'eventListener',
  'oauthProxy',
  'secretManagement',
] as const;

export type ComponentCategory = (typeof componentCategories)[number];

/** What makes a virtual cluster: it is no choice of a cluster's file, and stands on the host. */
export const VIRTUAL_CLUSTER_CATEGORY = 'virtualCluster';

/** Everything that a component of the catalogue can be for. */
export const catalogCategories = [...componentCategories, VIRTUAL_CLUSTER_CATEGORY] as const;

export type CatalogCategory = (typeof catalogCategories)[number];

/** Which component serves a category, where, and with which settings. */
export interface ComponentChoice {
  readonly name: string;
  readonly namespace: string;
  readonly additions: Readonly<Record<string, string>>;
}

export type ComponentsList = Readonly<Partial<Record<ComponentCategory, ComponentChoice>>>;

export interface ClusterResource {
  readonly kind: string;
  readonly group: string;
}

export interface ClusterSpec {
  /** `https://host[:port]`, without a path. */
  readonly apiServer: string;
  readonly clusterKind: 'kubernetes';
  readonly clusterType: ClusterType;
  readonly usage: ClusterUsage;
  /** Name of the host cluster; virtual clusters only. */
  readonly hostCluster?: string;
  readonly primaryDomain: string;
  /** Workers only. */
  readonly workerType?: WorkerType;
  /** Node port of the API server of a virtual cluster on its host. */
  readonly vclusterNodePort?: number;
  readonly components: ComponentsList;
  /** Namespace of a component -> products that may use it. */
  readonly reservedNamespacesAllowedProducts: Readonly<Record<string, readonly string[]>>;
  /** Product -> cluster-scoped kinds it may create. */
  readonly productAllowedClusterResources: Readonly<Record<string, readonly ClusterResource[]>>;
}

export interface Cluster {
  /** A DNS-1123 label, see {@link clusterNameProblem}. */
  readonly name: string;
  /** Identifies this registration: deleting and registering the same name makes a new one. */
  readonly incarnation: string;
  /** Version of the uploaded credential in the secret store; absent for virtual clusters. */
  readonly credentialVersion?: string;
  /** Id of the last request for a new credential of our own, or for a fresh start with the uploaded one. */
  readonly rotationRequest?: string;
  /** UID of the namespace kube-system as the preflight saw it; absent when the preflight was skipped. */
  readonly kubernetesUid?: string;
  readonly spec: ClusterSpec;
}

/** What makes a virtual cluster of that name, as a component of its host: in a namespace of its own there. */
export function virtualClusterChoice(cluster: string, component: string): ComponentChoice {
  return { name: component, namespace: `vcluster-${cluster}`, additions: {} };
}
