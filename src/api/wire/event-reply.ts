import type { EventView } from '../../contract/views.ts';
import type { ResourceEvent } from '../../resources/event.ts';

/** An event of a cluster as clients read it. */
export function eventReply({ id, name, incarnation, time, type, reason, message, subject }: ResourceEvent): EventView {
  return { id, cluster: name, incarnation, time, type, reason, message, subject };
}
