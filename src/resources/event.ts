import type { Message } from '../messages/text.ts';
import type { Action } from '../messages/action.ts';
import type { Registration } from './resource-key.ts';

/** An event of a resource. */
export interface ResourceEvent extends Registration {
  /** Increases with every event of every resource. */
  readonly id: number;
  /** RFC 3339 with milliseconds. */
  readonly time: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, stable. */
  readonly reason: string;
  readonly message: Message;
  /** A remedy; absent when nothing needs to be done. */
  readonly action?: Action;
  /** The stage or component it is about, e.g. `components/argocd`; empty for the resource as a whole. */
  readonly subject: string;
}

/** An event before it is stored. */
export type NewEvent = Omit<ResourceEvent, 'id' | 'time'>;
