import { NautesError, type NautesErrorOptions } from '../../errors/errors.ts';
import type { Message } from '../../messages/text.ts';

/** A request that cannot be decoded. In English the problem has the words of the original, which some clients look for. */
export function codecError(problem: Message, options: NautesErrorOptions = {}): NautesError {
  return new NautesError('Codec', { problem }, options);
}
