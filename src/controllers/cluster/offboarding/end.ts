import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { message } from '../../../messages/message.ts';
import { timestamp } from '../../../base/clock.ts';
import type { RemovalOutcome } from '../../../resources/cluster/offboarding-record.ts';
import type { Receipt } from '../../../resources/cluster/receipt.ts';
import type { OffboardingRun } from './run.ts';
import { buildReceipt } from './receipt.ts';
import { removeSecretAccess, addSecretAccessRemoval } from './secret-access-removal.ts';
import { withSecrets } from '../../../cluster-access/index.ts';

/**
 * Credentials go, the receipt comes; after this nothing is known of the registration but its receipt.
 * @throws SecretStoreUnavailable
 */
export async function endOffboarding(
  run: OffboardingRun,
  outcome: RemovalOutcome,
  signal: AbortSignal,
): Promise<Receipt> {
  const { offboardings, secrets, access, clock } = run.services;
  const { cluster, incarnation } = run.scope;
  signal.throwIfAborted(); // the file may have come back: its credentials are needed then
  await noteApiServer(run, signal);
  const secretAccess = await withSecrets(removeSecretAccess(run.services, run.scope, signal), signal);
  const objects = buildReceipt(run.record, run.inventory, outcome, {
    kubernetesUid: run.kubernetesUid,
    completedAt: timestamp(clock.now()),
  });
  const receipt = addSecretAccessRemoval(objects, secretAccess);
  access.drop(cluster, incarnation);
  await withSecrets(secrets.removeAll(run.scope, signal), signal);
  await offboardings.complete(clusterRegistration(receipt), receipt);
  await tell(run, receipt);
  return receipt;
}

/** The address of a file that was removed while the server was down is not known any more; the credentials have it. */
async function noteApiServer(run: OffboardingRun, signal: AbortSignal): Promise<void> {
  if (run.record.apiServer !== '' || run.isOnHost) return;
  const [presented] = await run.services.credentials.readable(run.scope, signal);
  if (presented !== undefined) await run.update({ apiServer: presented.stored.binding.server });
}

async function tell({ services, scope }: OffboardingRun, receipt: Receipt): Promise<void> {
  const { outcome, removed, left, remaining } = receipt;
  const isComplete = outcome === 'Complete';
  await services.events.add({
    ...clusterRegistration(scope),
    type: isComplete ? 'Normal' : 'Warning',
    reason: isComplete ? 'Deleted' : 'DeletedWithResidue',
    message: message('Deleted', { removed: removed.length, retained: left.length, stuck: remaining.length }),
    subject: '',
  });
}
