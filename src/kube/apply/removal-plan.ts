import { mapBounded } from '../../base/async/concurrency.ts';
import { message } from '../../messages/message.ts';
import type { RetainedObject } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { plainReference } from '../../kube-objects/kube-object.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { type Dependant, allDependants } from './dependants.ts';
import { examineOwned } from './owned-removal.ts';
import type { RemovalRequest } from './removal.ts';

/** What a removal would do. Nothing was changed. */
export interface RemovalPlan {
  /** What is there and would be deleted. */
  readonly removed: readonly InventoryEntry[];
  /** What would be left on purpose, and why. */
  readonly left: readonly RetainedObject[];
  /** What others have made and what would be lost with definitions and namespaces, if those go. */
  readonly dependants: readonly Dependant[];
}

/** Requests at a time. */
const PARALLEL_REQUESTS = 8;

/**
 * Looks at everything that a removal would take, and at what others have made in it.
 * @throws NautesError when the cluster cannot be reached or refuses our credential
 */
export async function planRemoval(
  connection: ClusterConnection,
  request: RemovalRequest,
  signal: AbortSignal,
): Promise<RemovalPlan> {
  const dependants = await allDependants(connection, request, signal);
  const examined = await mapBounded(request.entries, PARALLEL_REQUESTS, async (entry) => ({
    entry,
    found: await examineOwned(connection, entry, request, signal),
  }));
  const removed: InventoryEntry[] = [];
  const left: RetainedObject[] = [];
  for (const { entry, found } of examined) {
    if (found.state === 'absent') continue;
    const isLeft = found.state === 'left' || found.state === 'adopted';
    const reason = isLeft ? found.reason : keptFor(entry, request, dependants);
    if (reason === undefined) removed.push(entry);
    else left.push({ ...plainReference(entry), reason });
  }
  return { removed, left, dependants };
}

function keptFor(
  { kind, name }: InventoryEntry,
  { keepDependants }: RemovalRequest,
  dependants: readonly Dependant[],
): RetainedObject['reason'] | undefined {
  const relation = kind === 'Namespace' ? 'content' : kind === 'CustomResourceDefinition' ? 'instance' : undefined;
  if (!keepDependants || relation === undefined) return undefined;
  const { length: count } = dependants.filter((one) => one.relation === relation && one.of === name);
  if (count === 0) return undefined;
  return relation === 'content' ? message('Retained.content', { count }) : message('Retained.instances', { count });
}
