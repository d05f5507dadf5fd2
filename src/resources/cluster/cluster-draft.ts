import type { Secret } from '../../base/secret.ts';
import type { ClusterResource, ComponentCategory } from './cluster.ts';

/** A component as somebody asked for it; empty strings mean "the default". */
export interface ComponentDraft {
  readonly name: string;
  readonly namespace: string;
  readonly additions: Readonly<Record<string, string>>;
}

/**
 * A cluster as somebody asked for it: one spelling, but no default filled in and nothing validated.
 * Empty strings mean "not given", as in every version of the original's wire format.
 */
export interface ClusterDraft {
  readonly apiServer: string;
  readonly clusterKind: string;
  readonly clusterType: string;
  readonly usage: string;
  readonly hostCluster: string;
  readonly workerType: string;
  readonly primaryDomain: string;
  readonly vclusterNodePort: string;
  readonly components: Readonly<Partial<Record<ComponentCategory, ComponentDraft>>>;
  readonly reservedNamespacesAllowedProducts: Readonly<Record<string, readonly string[]>>;
  readonly productAllowedClusterResources: Readonly<Record<string, readonly ClusterResource[]>>;
  /** YAML text or base64 of it, as received. */
  readonly kubeconfig: Secret | undefined;
}
