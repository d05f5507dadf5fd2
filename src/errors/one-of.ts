import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** The values as alternatives: `host or worker`. */
export function oneOf([first = '', ...others]: readonly string[]): Message {
  return others.reduce((one, other) => message('OneOf', { one, other }), verbatim(first));
}
