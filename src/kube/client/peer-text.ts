import { quoted } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { boundedText } from './object-error.ts';

const MAXIMUM_LENGTH = 300;

/** What a cluster says in its own words. */
export function peerText(text: string): Message {
  return quoted(boundedText(text, MAXIMUM_LENGTH));
}
