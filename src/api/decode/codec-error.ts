import { NautesError } from '../../errors/errors.ts';

/** A request that cannot be decoded. The problem has the words of the original, which some clients look for. */
export function codecError(problem: string, metadata: Readonly<Record<string, string>> = {}): NautesError {
  return new NautesError('Codec', { problem }, { metadata });
}
