import type { ReportedStatus } from '../../../reconcile/reporter.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';

/** The status of a cluster of which nothing is known yet. */
export function blankStatus(reported: ReportedStatus): ClusterStatus {
  return {
    ...reported,
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
  };
}
