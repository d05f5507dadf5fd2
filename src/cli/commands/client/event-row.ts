import type { EventView } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';

/** An event as a row below `texts.output.eventHeads`. */
export function eventRow(
  { texts }: Invocation,
  { time, type, reason, subject, message }: EventView,
): readonly string[] {
  return [time.replace(/\.\d+Z$/, 'Z'), type, reason, subject, texts.words.message(reason, message)];
}
