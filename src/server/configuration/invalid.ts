import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** The error of one key, such as `git.remote`, or of one file of the configuration. */
export function invalidKey(key: string, what: Message, cause?: unknown): NautesError {
  return new NautesError('ConfigurationInvalid', { problem: message('About.name', { name: key, what }) }, { cause });
}
