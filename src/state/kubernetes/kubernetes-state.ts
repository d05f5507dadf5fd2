import { type Clock, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { type Metrics, noMetrics } from '../../base/metrics.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { ChangeListeners } from '../change-listeners.ts';
import type { State } from '../state.ts';
import type { WriteFence } from '../write-fence.ts';
import { checkDefinitions } from './definitions.ts';
import { clusterStateType } from './cluster-state.ts';
import { KubernetesEventLog } from './kubernetes-event-log.ts';
import { KubernetesInventoryStore } from './kubernetes-inventory-store.ts';
import { KubernetesOffboardingLedger } from './kubernetes-offboarding-ledger.ts';
import { KubernetesStateCopy } from './kubernetes-state-copy.ts';
import { KubernetesStatusStore } from './kubernetes-status-store.ts';
import { StateClient } from './state-client.ts';
import { StateObjects } from './state-objects.ts';

export interface KubernetesStateOptions {
  readonly management: ManagementCluster;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
  /**
   * The fence of this process, told the highest epoch that is stored. Absent: one process writes, with that epoch.
   */
  readonly fence?: (highest: number) => WriteFence;
}

/**
 * All state as objects of the management cluster, see `deploy/definitions/clusterstates.yaml`. Reads are of memory, which
 * follows the objects by a watch; inventories are read from the cluster until this process owns them. What is durable is
 * in etcd when a write resolves.
 * @throws NautesError `DefinitionMissing`, `DefinitionOutdated`, `ManagementRightMissing`, `StatusStoreUnavailable`
 */
export async function openKubernetesState(options: KubernetesStateOptions, signal: AbortSignal): Promise<State> {
  const { management, logger, metrics = noMetrics, clock = systemClock, fence = highestEpoch } = options;
  const client = new StateClient(management, metrics);
  const start = { caller: signal, milliseconds: START_MILLISECONDS };
  await client.ask((kube, deadline) => checkDefinitions(kube, management.namespace, deadline), start);
  const changes = new ChangeListeners();
  const objects = new StateObjects({ client, fence, clock, changes });
  const events = new KubernetesEventLog(client, clock, logger);
  const close = async (): Promise<void> => {
    await events.close();
    await objects.idle();
    client.close();
    await objects.close();
  };
  try {
    await client.ask((_kube, deadline) => objects.start(deadline), start);
    await client.ask((_kube, deadline) => events.start(deadline), start);
  } catch (error) {
    await close();
    throw error;
  }
  const status = new KubernetesStatusStore(client, objects);
  const inventory = new KubernetesInventoryStore(client, objects);
  const parts = { client, objects, status, events, inventory, clock, logger };
  let closing: Promise<void> | undefined;
  return {
    status,
    events,
    inventory,
    offboardings: new KubernetesOffboardingLedger({ ...parts, fenced: true }),
    offboardingRequests: new KubernetesOffboardingLedger({ ...parts, fenced: false }),
    copy: new KubernetesStateCopy(objects, events, inventory),
    onChange: changes.add,
    checkWritable: () => client.checkWritable(clusterStateType),
    close: () => (closing ??= close()),
  };
}

/** Listing everything at the start. */
const START_MILLISECONDS = 120_000;

function highestEpoch(highest: number): WriteFence {
  return { epochOf: () => highest };
}
