import type { EventView } from '../../contract/views.ts';
import type { Language } from '../../messages/text.ts';
import type { ResourceEvent } from '../../resources/event.ts';
import { messageReply, remedyReply } from './message-reply.ts';

/** An event of a cluster as clients read it. */
export function eventReply(event: ResourceEvent, language: Language): EventView {
  const { id, name, incarnation, time, type, reason, subject } = event;
  const said = { ...messageReply(event.message, language), ...remedyReply(event.action, language) };
  return { id, cluster: name, incarnation, time, type, reason, ...said, subject };
}
