import { message } from '../../../../../messages/message.ts';
import { type ClusterConnection, componentHealth } from '../../../../../kube/index.ts';
import { STALLED_RETRY_MILLISECONDS } from '../../../../../reconcile/stage.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { type StageContext, useCluster } from '../../../runtime/stage-context.ts';
import { showComponent } from './component-status.ts';
import type { DeclaredComponent } from './declared-component.ts';
import type { ComponentOutcome } from './component-work.ts';
import { healthStatus } from './installation.ts';

/** Components of a paused cluster: their health is checked, and nothing is written. */
export async function observeComponents(
  context: StageContext,
  declared: readonly DeclaredComponent[],
  inventory: readonly InventoryEntry[],
  signal: AbortSignal,
): Promise<readonly ComponentOutcome[]> {
  const installed = Map.groupBy(inventory, ({ component }) => component);
  return useCluster(
    context,
    (connection) =>
      Promise.all(
        declared.map((component) => {
          const entries = installed.get(component.choice.name) ?? [];
          return observeComponent(context, { component, entries, connection }, signal);
        }),
      ),
    signal,
  );
}

export interface ObservedComponent {
  readonly component: DeclaredComponent;
  /** What was applied of it. */
  readonly entries: readonly InventoryEntry[];
  readonly connection: ClusterConnection;
}

/** How one component is; one that was not installed before the pause waits for its end. */
export async function observeComponent(
  context: StageContext,
  { component, entries, connection }: ObservedComponent,
  signal: AbortSignal,
): Promise<ComponentOutcome> {
  const state =
    entries.length === 0
      ? ({ phase: 'Pending', reason: 'Paused', message: message('Paused.notInstalled') } as const)
      : healthStatus(await componentHealth(connection, entries, signal));
  const status = await showComponent(context, component, state);
  return { status, retryMilliseconds: status.phase === 'Ready' ? 0 : STALLED_RETRY_MILLISECONDS };
}
