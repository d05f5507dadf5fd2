import { render, verbatim } from '../messages/message.ts';
import type { NewEvent, ResourceEvent } from '../resources/event.ts';

/** Events kept of each resource. */
export const EVENTS_KEPT_PER_RESOURCE = 200;

/** Longest event, as JSON. Of a longer one the words of the message are kept, cut to their limit, and no action. */
export const MAXIMUM_EVENT_LENGTH = 16_000;

/** Events returned at a time. */
export const MAXIMUM_EVENT_PAGE = 1000;

/** Which events to read: those of one resource, or of all resources of the kind. */
export interface EventScope {
  readonly kind: string;
  readonly name?: string;
}

/** What events have to be like; what is absent does not count. */
export interface EventFilter {
  readonly type?: ResourceEvent['type'];
  readonly reason?: string;
}

/** Whether the event is as the filter says. */
export function matchesFilter({ type, reason }: EventFilter, event: ResourceEvent): boolean {
  return (type === undefined || type === event.type) && (reason === undefined || reason === event.reason);
}

/** The latest events of each resource. They may be lost: nothing is decided by them. */
export interface EventLog {
  /** Adds an event; keeps the last {@link EVENTS_KEPT_PER_RESOURCE} of each resource. Resolves when it is stored. */
  add(event: NewEvent): Promise<ResourceEvent>;
  /**
   * Events after the id, oldest first; `complete` is false when retention has dropped events in between, or when the
   * id is newer than any event there is (it comes from another log).
   * @param limit at most this many, and never more than {@link MAXIMUM_EVENT_PAGE}
   */
  after(id: number, scope: EventScope, limit: number): Promise<EventPage>;
  /**
   * The newest events of the scope that match, newest first.
   * @param limit at most this many, and never more than {@link MAXIMUM_EVENT_PAGE}
   */
  latest(scope: EventScope, filter: EventFilter, limit: number): Promise<readonly ResourceEvent[]>;
  /** Calls the listener for each event stored from now on, in order of their ids. Returns the unsubscriber. */
  onEvent(listener: (event: ResourceEvent) => void): () => void;
}

export interface EventPage {
  readonly events: readonly ResourceEvent[];
  readonly complete: boolean;
  /** Id of the newest event in the log, of any resource; 0 when there is none. */
  readonly latest: number;
}

/**
 * The event as it is stored: of one that is longer than {@link MAXIMUM_EVENT_LENGTH} the words alone. Texts are bounded, lists
 * of them and messages within messages may still be long together.
 */
export function withinLimit(event: NewEvent): NewEvent {
  if (JSON.stringify(event).length <= MAXIMUM_EVENT_LENGTH) return event;
  const { kind, name, incarnation, type, reason, message, subject } = event;
  return { kind, name, incarnation, type, reason, message: verbatim(render(message, 'en')), subject };
}
