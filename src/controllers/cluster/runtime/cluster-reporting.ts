import { type ReportedStatus, Reporting, type ReportStores } from '../../../reconcile/reporter.ts';
import { CLUSTER_KIND, type ClusterKind } from '../../../resources/cluster/cluster-key.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';

/** Writes the statuses of clusters. */
export function clusterReporting(stores: ReportStores): Reporting<ClusterKind> {
  return new Reporting({ ...stores, kind: CLUSTER_KIND, blank: blankStatus });
}

/** The status of a cluster of which nothing is known yet. */
function blankStatus(reported: ReportedStatus): ClusterStatus {
  return {
    ...reported,
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
  };
}
