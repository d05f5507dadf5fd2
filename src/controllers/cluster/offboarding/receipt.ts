import { objectKey, plainReference } from '../../../kube-objects/kube-object.ts';
import { removalCommand } from '../../../kube-objects/removal-command.ts';

import type { InventoryEntry } from '../../../resources/inventory.ts';
import type { OffboardingRecord, RemovalOutcome } from '../../../resources/cluster/offboarding-record.ts';
import type { ObjectReference } from '../../../resources/object-reference.ts';
import type { Receipt } from '../../../resources/cluster/receipt.ts';

export interface ReceiptFacts {
  readonly kubernetesUid: string;
  /** RFC 3339. */
  readonly completedAt: string;
}

/** The receipt of an off-boarding from its last pass over the whole inventory. */
export function buildReceipt(
  record: OffboardingRecord,
  inventory: readonly InventoryEntry[],
  report: RemovalOutcome,
  facts: ReceiptFacts,
): Receipt {
  const created = distinct(inventory.filter(({ foreign, uid }) => !foreign && uid !== ''));
  const keys = new Set(created.map(objectKey));
  const remaining = report.remaining.map((object) => ({
    ...plainReference(object),
    reason: object.message,
    command: object.command ?? removalCommand(object),
  }));
  return {
    cluster: record.cluster,
    incarnation: record.incarnation,
    apiServer: record.apiServer,
    kubernetesUid: facts.kubernetesUid,
    requestedBy: record.requestedBy,
    requestedAt: record.requestedAt,
    completedAt: facts.completedAt,
    forced: record.forced,
    outcome: remaining.length === 0 ? 'Complete' : 'Incomplete',
    commit: record.commit,
    created,
    removed: distinct(report.removed).filter((object) => keys.has(objectKey(object))), // the others were only intended
    left: report.left.map((object) => ({ ...plainReference(object), reason: object.reason })),
    ...lostWith(record, report),
    remaining,
  };
}

/** What users had built goes with its definition or namespace: nothing is said of it while that is still there. */
function lostWith({ built }: OffboardingRecord, { removed }: RemovalOutcome): Pick<Receipt, 'lost' | 'lostTotal'> {
  if (built === undefined) return {};
  const gone = new Set(removed.map(({ name }) => name));
  const lost = built.objects.filter(({ of }) => gone.has(of));
  if (lost.length === 0) return {};
  return { lost, lostTotal: lost.length === built.objects.length ? built.total : lost.length };
}

/** Each object once: two components may have the same namespace. */
function distinct(objects: readonly ObjectReference[]): ObjectReference[] {
  return [...new Map(objects.map((object) => [objectKey(object), plainReference(object)])).values()];
}
