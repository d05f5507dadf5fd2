import type { Stage, StageResult } from '../../../../reconcile/stage.ts';
import type { StageContext } from '../../runtime/stage-context.ts';

/** Makes the cluster known to those who deploy to it. Without a management cluster there is nobody to tell. */
export const publishStage: Stage<StageContext> = {
  condition: 'Published',
  deadlineMilliseconds: 10 * 60_000,
  run(): Promise<StageResult> {
    const message = 'no management cluster is configured; the status and the API are where this cluster is known';
    return Promise.resolve({ outcome: 'skipped', reason: 'NoManagementCluster', message });
  },
};
