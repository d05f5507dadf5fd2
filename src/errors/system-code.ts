import { verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** The error code of the operating system, such as `ENOSPC`; the message where the error has none. */
export function codeOr(error: unknown, otherwise: Message): Message {
  return error instanceof Error && 'code' in error ? verbatim(String(error.code)) : otherwise;
}
