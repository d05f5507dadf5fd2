import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { message, render } from '../../../../../messages/message.ts';
import { describeReference, objectKey } from '../../../../../kube-objects/kube-object.ts';
import { mostTelling, type ObjectOwnership, removeObjects } from '../../../../../kube/index.ts';
import type { RemainingObject } from '../../../../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { type StageContext, useCluster } from '../../../runtime/stage-context.ts';

/** What one pass over the objects of former components has left to do. */
export interface FormerComponentsRemoval {
  /** Components of which something is still being removed. */
  readonly components: ReadonlySet<string>;
  readonly remaining: number;
  /** The one of what remains that says most of why. */
  readonly first: RemainingObject | undefined;
}

/** What is on a cluster, and whose it is to be. */
export interface InstalledComponents {
  readonly entries: readonly InventoryEntry[];
  readonly ownership: ObjectOwnership;
  readonly isOver: (incarnation: string) => boolean;
}

/** What no declared component brings; nothing while it is not known what they bring. */
function entriesToRemove({ entries, ownership }: InstalledComponents): readonly InventoryEntry[] {
  if (!ownership.isComplete) return [];
  const declared = entries.filter(({ component }) => ownership.isDeclared(component));
  const wanted = new Set(declared.flatMap(({ uid }) => (uid === '' ? [] : [uid]))); // also under another API group
  return entries.filter(
    (entry) =>
      !ownership.isDeclared(entry.component) &&
      ownership.ownerOf(objectKey(entry)) === undefined &&
      !wanted.has(entry.uid),
  );
}

/**
 * Removes the objects of components that are no longer wanted, one pass at a time. What has to stay because others use
 * it (a CRD with instances) stays in the inventory: it is removed once it is not used any more, or is named in the receipt.
 */
export async function removeFormerComponents(
  context: StageContext,
  installed: InstalledComponents,
  signal: AbortSignal,
): Promise<FormerComponentsRemoval> {
  const entries = entriesToRemove(installed);
  if (entries.length === 0) return { components: new Set(), remaining: 0, first: undefined };
  const request = {
    owner: context.owner,
    entries,
    keepDependants: true,
    inventory: installed.entries,
    isOver: installed.isOver,
  };
  const report = await useCluster(context, (connection) => removeObjects(connection, request, signal), signal);
  const removed = new Set([...report.removed, ...report.notOurs].map(objectKey));
  const over = entries.filter((entry) => removed.has(objectKey(entry)));
  await context.services.inventory.remove(clusterRegistration(context.scope), over);
  for (const { reason, ...reference } of report.left) {
    const object = describeReference(reference);
    if (!context.memory.shouldTell(`former ${object} ${render(reason, 'en')}`)) continue;
    const text = message('ObjectLeft.formerComponent', { object, why: reason });
    await context.reporter.event('Warning', 'ObjectLeft', text);
  }
  const remaining = new Set(report.remaining.map(objectKey));
  return {
    components: new Set(entries.filter((entry) => remaining.has(objectKey(entry))).map(({ component }) => component)),
    remaining: remaining.size,
    first: mostTelling(report.remaining),
  };
}
