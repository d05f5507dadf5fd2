import type { EventView } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { remedyText } from '../../texts/remedy.ts';
import type { Texts } from '../../texts/texts.ts';
import { wholeSeconds } from './reading.ts';

/** The cells of an event, for a table of events. */
export function eventRow({ texts }: Invocation, event: EventView): readonly string[] {
  const { time, type, reason, subject } = event;
  return [wholeSeconds(time), type, reason, subject, eventText(texts, event)];
}

/** What happened, and what can be done about it. */
export function eventText({ output, language }: Texts, event: EventView): string {
  return [event.message, remedyText(event, language)].filter(Boolean).join(output.sentenceGap);
}
