import { withDeadline } from '../../../base/async/timing.ts';
import { NautesError } from '../../../errors/errors.ts';
import type { ManagementCluster } from '../../../management/index.ts';
import { message } from '../../../messages/message.ts';
import type { PublicationScope } from '../../../publish/index.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import type { InventoryEntry } from '../../../resources/inventory.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import type { ControllerServices } from './services.ts';

/** The management cluster has this time for one publication of one cluster: nothing else of the cluster waits longer. */
const PUBLICATION_MILLISECONDS = 60_000;

interface ScopeRequest {
  readonly management: ManagementCluster;
  readonly component: string;
  readonly entries: readonly InventoryEntry[];
}

/** Runs the action with what a publication works with. @throws NautesError `ManagementUnavailable` after some time */
export async function withPlace<T>(
  { inventory }: ControllerServices,
  registration: CredentialScope,
  { management, component, entries }: ScopeRequest,
  action: (scope: PublicationScope, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const deadline = withDeadline(signal, PUBLICATION_MILLISECONDS);
  try {
    const connection = await management.connection(deadline);
    const record: PublicationScope['record'] = (changed) => inventory.put(clusterRegistration(registration), changed);
    return await action({ management: connection, component, entries, record }, deadline);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) {
      throw new NautesError('ManagementUnavailable', { problem: message('ManagementUnavailable.late') });
    }
    throw error;
  }
}
