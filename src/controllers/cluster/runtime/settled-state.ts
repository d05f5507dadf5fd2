import type { KindState } from '../../../kube/index.ts';
import type { StageResult } from '../../../reconcile/stage.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { ClusterHolder } from '../../../resources/cluster/holder.ts';

/**
 * A cluster on which everything was as declared. As long as what is declared stays and the lists of its kinds are what
 * they were, the results of that look hold. A few KB for each cluster; it is lost with the process.
 */
export interface SettledState {
  /** The commit that brought the file to its state. */
  readonly commit: string;
  /** Of the credential by which the lists were read. */
  readonly credentialVersion: string;
  /** Of Kubernetes. */
  readonly version: string;
  readonly uid: string;
  readonly holder: ClusterHolder | undefined;
  /** The host of a virtual cluster as it was declared, as JSON; empty for a physical one. */
  readonly host: string;
  readonly kinds: readonly KindState[];
  readonly components: StageResult;
  readonly entryPoints: StageResult;
  /** Nothing but the cluster itself has to be asked: it is on no host, published nowhere, and its workloads log in nowhere. */
  readonly standsAlone: boolean;
  /** Everything is looked into again from then on. Milliseconds since the epoch. */
  readonly until: number;
}

/** {@link SettledState.host} as it is now. */
export function hostOf({ spec }: Cluster, host: Cluster | undefined): string {
  return spec.clusterType === 'virtual' ? JSON.stringify(host ?? null) : '';
}
