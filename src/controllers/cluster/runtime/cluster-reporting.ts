import { Reporting, type ReportStores } from '../../../reconcile/reporter.ts';
import { CLUSTER_KIND, type ClusterKind } from '../../../resources/cluster/cluster-key.ts';
import { blankStatus } from '../../../resources/cluster/cluster-status.ts';

/** Writes the statuses of clusters. */
export function clusterReporting(stores: ReportStores): Reporting<ClusterKind> {
  return new Reporting({ ...stores, kind: CLUSTER_KIND, blank: blankStatus });
}
