import { verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** What an object's own status says. */
export interface ObjectState {
  readonly state: 'Current' | 'InProgress' | 'Failed';
  readonly reason: string;
  readonly message: Message;
}

export const CURRENT: ObjectState = { state: 'Current', reason: '', message: verbatim('') };

export function inProgress(reason: string, text: Message): ObjectState {
  return { state: 'InProgress', reason, message: text };
}

export function failed(reason: string, text: Message): ObjectState {
  return { state: 'Failed', reason, message: text };
}
