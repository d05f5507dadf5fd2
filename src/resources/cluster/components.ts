/** The categories of component that a cluster can have, in the order in which the API shows them. */
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

/** The categories that a save can choose, by their names on the wire. */
export const wireCategories = {
  multi_tenant: 'multiTenant',
  secret_sync: 'secretSync',
  gateway: 'gateway',
  deployment: 'deployment',
  progressive_delivery: 'progressiveDelivery',
  pipeline: 'pipeline',
  event_listener: 'eventListener',
} as const satisfies Readonly<Record<string, ComponentCategory>>;

export type WireCategory = keyof typeof wireCategories;

/** Categories that saves of 0.3 name and whose component is not chosen: only their namespaces count. */
export const unchosenCategories = { cert_mgt: 'certManagement', secret_mgt: 'secretManagement' } as const;

/** The category of virtual clusters' software: it is not chosen in a cluster's file, and is installed on the host. */
export const VIRTUAL_CLUSTER_CATEGORY = 'virtualCluster';

/** All categories of components in the catalogue. */
export const catalogCategories = [...componentCategories, VIRTUAL_CLUSTER_CATEGORY] as const;

export type CatalogCategory = (typeof catalogCategories)[number];

/** Stands for a component where a category is to have none. */
export const NO_COMPONENT = 'none';

/** A chosen component with its namespace and settings. */
export interface ComponentChoice {
  readonly name: string;
  readonly namespace: string;
  readonly additions: Readonly<Record<string, string>>;
}

export type ComponentsList = Readonly<Partial<Record<ComponentCategory, ComponentChoice>>>;

/** A component of a save; empty strings mean "the default". */
export type ComponentDraft = ComponentChoice;

/** The components of a save by category, also of categories that cannot be chosen. */
export type ComponentDrafts = Readonly<Partial<Record<ComponentCategory | 'certManagement', ComponentDraft>>>;

/** The virtual cluster's software as a component of its host: each has its own namespace there. */
export function virtualClusterChoice(cluster: string, component: string): ComponentChoice {
  return { name: component, namespace: `vcluster-${cluster}`, additions: {} };
}
