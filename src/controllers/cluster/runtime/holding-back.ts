import { timestamp } from '../../../base/clock.ts';
import { action } from '../../../messages/action.ts';
import { message, verbatim } from '../../../messages/message.ts';
import type { HeldBack } from '../../../reconcile/quarantine.ts';
import type { Explanation } from '../../../reconcile/stage.ts';
import { HELD_BACK } from '../../../reconcile/transition.ts';
import { CLUSTER_KIND, clusterKey } from '../../../resources/cluster/cluster-key.ts';
import type { ControllerServices } from './services.ts';

/** Says in the status of a cluster, and by an event, that it waits after an unclean end of the process. */
export async function reportHeld(
  { status, reporting, clock }: ControllerServices,
  name: string,
  held: HeldBack,
): Promise<void> {
  const incarnation = (await status.get(clusterKey(name)))?.incarnation;
  if (incarnation === undefined) return;
  const reporter = await reporting.resume({ kind: CLUSTER_KIND, name, incarnation });
  const explanation = explainHeld(name, held, clock.now());
  await reporter?.event('Warning', explanation.reason, explanation.message, 'Ready', explanation.action);
  await reporter?.summarize({ situation: 'heldBack', ...explanation });
}

function explainHeld(name: string, { uncleanEnds, milliseconds }: HeldBack, now: number): Explanation {
  const next =
    milliseconds === undefined
      ? message('HeldBack.turn')
      : message('HeldBack.until', { until: timestamp(now + milliseconds) });
  const times = uncleanEnds > 1 ? message('HeldBack.times', { count: uncleanEnds }) : verbatim('');
  return {
    reason: HELD_BACK,
    message: message('HeldBack', { since: timestamp(now), times, next }),
    action: action('CheckHeldBack', { name }),
  };
}
