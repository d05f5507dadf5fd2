import { timestamp } from '../../../../../base/clock.ts';
import type { ApplyReport } from '../../../../../kube/index.ts';
import { objectKey } from '../../../../../kube-objects/kube-object.ts';
import { withRepairs } from '../../../../../resources/cluster/repair.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';

/** Notes what was repaired of a component: in memory, where a fight over a field is noticed, and in the status for people. */
export async function noteRepairs(
  { services, memory, reporter }: StageContext,
  component: string,
  repaired: ApplyReport['repaired'],
): Promise<void> {
  if (repaired.length === 0) return;
  const now = services.clock.now();
  memory.repairs.add(repaired, now);
  const contested = new Set(memory.repairs.contested(now).map(({ object }) => objectKey(object)));
  const time = timestamp(now);
  const repairs = repaired.map(({ object, fields, manager }) => {
    return { time, component, object, fields, manager, contested: contested.has(objectKey(object)) };
  });
  await reporter.report({ repairs: withRepairs(reporter.status.repairs, repairs) });
}
