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

/** The categories that can be asked for, by their names on the wire. */
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

/** A component as it was asked for; empty strings mean "the default". */
export type ComponentDraft = ComponentChoice;

/** What makes a virtual cluster of that name, as a component of its host: in a namespace of its own there. */
export function virtualClusterChoice(cluster: string, component: string): ComponentChoice {
  return { name: component, namespace: `vcluster-${cluster}`, additions: {} };
}
