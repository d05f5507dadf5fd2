import { sameJson } from '../../../base/same-json.ts';
import { message, verbatim } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import type { Explanation } from '../../../reconcile/stage.ts';
import type { Pause } from '../../../resources/cluster/pause.ts';
import type { ClusterReporter } from './services.ts';

/** Shows the pause in force, and tells of its end. Its beginning is told by the condition. */
export async function reportPause(reporter: ClusterReporter, pause: Pause | undefined): Promise<void> {
  const before = reporter.status.paused;
  if (sameJson(before, pause)) return;
  if (pause === undefined) await reporter.event('Normal', 'PauseEnded', message('PauseEnded'), 'Paused');
  await reporter.report({ paused: pause });
}

/** What the condition `Paused` says. */
export function explainPause({ by, until, reason }: Pause): Explanation {
  const part = (value: string, said: Message): Message => (value === '' ? verbatim('') : said);
  return {
    reason: 'Paused',
    message: message('Paused', {
      by: part(by, message('Paused.by', { by })),
      until: part(until, message('Paused.until', { until })),
      reason: part(reason, message('Paused.reason', { reason })),
    }),
  };
}

/** Milliseconds until the pause ends by itself; `undefined` where it does not. */
export function untilEndOfPause(pause: Pause | undefined, now: number): number | undefined {
  return pause === undefined || pause.until === '' ? undefined : Math.max(0, Date.parse(pause.until) - now);
}
