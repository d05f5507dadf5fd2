import { message } from '../../../../messages/message.ts';
import { skipped, type Stage, type StageResult } from '../../../../reconcile/stage.ts';
import type { StageContext } from '../../runtime/stage-context.ts';

/** Makes the cluster known to those who deploy to it. Without a management cluster it is skipped. */
export const publishStage: Stage<StageContext> = {
  condition: 'Published',
  deadlineMilliseconds: 10 * 60_000,
  run(): Promise<StageResult> {
    return Promise.resolve(skipped('NoManagementCluster', message('NoManagementCluster')));
  },
};
