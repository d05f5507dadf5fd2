import { sameJson } from '../../../../../base/same-json.ts';
import type { ApplyReport } from '../../../../../kube/index.ts';
import { describeReference, objectKey } from '../../../../../kube-objects/kube-object.ts';
import { message, render } from '../../../../../messages/message.ts';
import type { Message } from '../../../../../messages/text.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { repairCount } from '../../../runtime/metrics.ts';
import type { ComponentWork } from './component-work.ts';
import { noteRepairs } from './repairs.ts';

/** Stores what an apply found, with events for what it repaired, pruned or left. */
export async function recordApply(work: ComponentWork, report: ApplyReport): Promise<void> {
  const { services, cluster, scope, reporter, memory } = work.context;
  const registration = clusterRegistration(scope);
  if (!sameEntries(report.entries, work.inventory)) await services.inventory.put(registration, report.entries);
  const gone = report.gone.map((object) => ({ ...object, component: work.owner }));
  if (gone.length > 0) await services.inventory.remove(registration, gone);
  const component = work.choice.name;
  await noteRepairs(work.context, component, report.repaired);
  const subject = `components/${component}`;
  for (const { object } of report.repaired) services.metrics?.add(repairCount, { component, kind: object.kind });
  for (const repair of report.repaired) await reporter.event('Warning', 'DriftRepaired', repairText(repair), subject);
  for (const { object: reference, owner, changed = [], adopted } of report.foreign) {
    if (!adopted) continue;
    const said = { object: describeReference(reference), owner };
    const text =
      changed.length === 0
        ? message('ObjectAdopted.unchanged', said)
        : message('ObjectAdopted', { ...said, fields: changed });
    await reporter.event('Normal', 'ObjectAdopted', text, subject);
  }
  for (const reference of report.unblocked) {
    const object = describeReference(reference);
    await reporter.event('Warning', 'WebhookRemoved', message('WebhookRemoved', { object }), subject);
  }
  for (const reference of report.pruned) {
    const object = describeReference(reference);
    if (!memory.shouldTell(`pruned ${object} ${cluster.incarnation}`)) continue;
    await reporter.event('Normal', 'ObjectPruned', message('ObjectPruned', { object }), subject);
  }
  for (const { object: reference, reason } of report.left) {
    const object = describeReference(reference);
    if (!memory.shouldTell(`left ${object} ${render(reason, 'en')}`)) continue;
    await reporter.event('Warning', 'ObjectLeft', message('ObjectLeft', { object, why: reason }), subject);
  }
}

function repairText({ object: reference, fields, manager }: ApplyReport['repaired'][number]): Message {
  const object = describeReference(reference);
  if (fields.length === 0) return message('DriftRepaired.recreated', { object });
  if (manager === '') return message('DriftRepaired', { object, fields });
  return message('DriftRepaired.by', { object, fields, manager });
}

/** What was kept is the same object; only what was written is compared. */
function sameEntries(left: readonly InventoryEntry[], right: readonly InventoryEntry[]): boolean {
  if (left.length !== right.length) return false;
  const known = new Set(right);
  const written = left.filter((entry) => !known.has(entry));
  if (written.length === 0) return true;
  const before = new Map(right.map((entry) => [objectKey(entry), entry]));
  return written.every((entry) => sameJson(entry, before.get(objectKey(entry))));
}
