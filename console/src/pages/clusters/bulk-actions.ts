import type { FleetRowView } from '../../../../src/contract/views.ts';
import { type ClusterPath, paths } from '../../../../src/contract/paths.ts';

/** What can be done with several clusters at once. */
export type BulkKind = 'sync' | 'pause' | 'resume' | 'rotate';

interface BulkAction {
  readonly path: ClusterPath;
  /** Whether it can be done with the cluster as it is. */
  readonly isPossible: (row: FleetRowView) => boolean;
}

const isKept = ({ phase }: FleetRowView): boolean => phase !== 'Deleting';

export const BULK_ACTIONS: Readonly<Record<BulkKind, BulkAction>> = {
  sync: { path: paths.clusterSync, isPossible: () => true },
  pause: { path: paths.clusterPause, isPossible: (row) => isKept(row) && row.paused === undefined },
  resume: { path: paths.clusterResume, isPossible: (row) => row.paused !== undefined },
  rotate: { path: paths.clusterRotate, isPossible: isKept },
};
