import { message } from '../../../messages/message.ts';
import { describeReference, plainReference } from '../../../kube-objects/kube-object.ts';
import { findDependants, findLeftBehind, mostTelling, removeObjects, type RemovalReport } from '../../../kube/index.ts';
import { HOSTED_COMPONENT, type InventoryEntry, reservedComponentNames } from '../../../resources/inventory.ts';
import { isPublication } from '../../../resources/cluster/publication.ts';
import type { RemovalOutcome } from '../../../resources/cluster/offboarding-record.ts';
import { overRegistrations } from '../runtime/over-registrations.ts';
import { ClusterFailure, type OffboardingRun, type PassPending, passPending } from './run.ts';

const PASS_PAUSE_MILLISECONDS = 1_000;
/** Controllers are kept for so long for finalizers that they may still serve, and no longer than a part of the grace period. */
const MOST_FINALIZER_MILLISECONDS = 60_000;

/** What is removed by name, apart from our own access. */
export function entriesOf({ inventory, isOnHost }: OffboardingRun): readonly InventoryEntry[] {
  return inventory.filter(({ component }) =>
    isOnHost ? component === HOSTED_COMPONENT : !reservedComponentNames.has(component) && !isPublication({ component }),
  );
}

/** One pass over what is removed by name; `undefined` when it is done with. */
export async function removeComponents(
  run: OffboardingRun,
  signal: AbortSignal,
): Promise<PassPending | ClusterFailure | undefined> {
  const isOver = await overRegistrations(run.services);
  const failure = await recordLeftBehind(run, isOver, signal);
  if (failure !== undefined) return failure;
  const entries = entriesOf(run);
  const unasked = await recordBuilt(run, isOver, signal);
  if (unasked !== undefined) return unasked;
  // The namespace of a virtual cluster on its host holds what that has made there: volumes, secrets, pods.
  const request = {
    owner: run.owner,
    isOver,
    entries,
    isWhole: true,
    keepDependants: !run.record.forced && !run.isOnHost,
    finalizerMilliseconds: Math.min(MOST_FINALIZER_MILLISECONDS, run.services.settings.graceMilliseconds / 4),
  };
  const report = await run.use((connection) => removeObjects(connection, request, signal), signal);
  if (report instanceof ClusterFailure) return report;
  await run.addToInventory(report.found);
  const first = mostTelling(report.remaining);
  if (first === undefined || (await run.isRemovalOver())) {
    await run.update({ components: outcomeOf(report) });
    return undefined;
  }
  await noteProgress(run, report);
  const [removed, total] = [report.removed.length, entries.length];
  const what = { object: describeReference(first), what: first.message };
  const text = message('RemovingComponents.offboarding', { removed, total, ...what });
  await run.show({ reason: 'RemovingComponents', message: text });
  return passPending(PASS_PAUSE_MILLISECONDS);
}

/** What we made there and have no record of goes as well, and is in the receipt: looked for once, before anything goes. */
async function recordLeftBehind(
  run: OffboardingRun,
  isOver: (incarnation: string) => boolean,
  signal: AbortSignal,
): Promise<ClusterFailure | undefined> {
  if (run.isOnHost || run.record.isSearched === true) return undefined; // a host has other registrations' objects
  const own = { owner: run.owner, isOver };
  const found = await run.use((connection) => findLeftBehind(connection, own, run.inventory, signal), signal);
  if (found instanceof ClusterFailure) return found;
  await run.addToInventory(found);
  await run.update({ isSearched: true });
  return undefined;
}

/** What a forced deletion takes of what users have built is in the receipt. */
async function recordBuilt(
  run: OffboardingRun,
  isOver: (incarnation: string) => boolean,
  signal: AbortSignal,
): Promise<ClusterFailure | undefined> {
  if (!run.record.forced || run.isOnHost || run.record.built !== undefined) return undefined;
  const holder = { owner: run.owner, isOver, entries: entriesOf(run), isWhole: true };
  const found = await run.use((connection) => findDependants(connection, holder, signal), signal);
  if (found instanceof ClusterFailure) return found;
  const objects = found.dependants.map(({ object, of }) => ({ ...plainReference(object), of }));
  await run.update({ built: { total: found.total, objects } });
  return undefined;
}

/** What was seen to be gone is known when the cluster goes away meanwhile. */
async function noteProgress(run: OffboardingRun, report: RemovalReport): Promise<void> {
  const known = run.record.progress;
  const isSame = known?.removed.length === report.removed.length && known.left.length === report.left.length;
  if (!isSame) await run.update({ progress: outcomeOf(report) });
}

function outcomeOf({ removed, left, remaining }: RemovalReport): RemovalOutcome {
  return { removed, left, remaining };
}
