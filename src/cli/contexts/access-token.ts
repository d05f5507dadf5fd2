import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';

/** A program that asks a person for a passphrase needs its time, in milliseconds. */
const COMMAND_LIMIT = 120_000;
const MAXIMUM_TOKEN_LENGTH = 4_096;

/** The token in a text that somebody typed or a program printed. @throws NautesError `TokenUnusable` */
export function tokenOf(text: string): Secret {
  const token = text.trim();
  const refuse = (problem: string): never => {
    throw new NautesError('TokenUnusable', { problem });
  };
  if (token === '') return refuse('it is empty');
  if (token.length > MAXIMUM_TOKEN_LENGTH) return refuse('it is too long');
  // A header takes it: nothing else of ours is ever sent there.
  if (!/^[\x21-\x7e]+$/.test(token))
    return refuse('it has spaces, several lines or other characters that no token has');
  return new Secret(token);
}

/** What the program prints; it may ask on the terminal. @throws NautesError `TokenCommandFailed` */
export async function tokenFromCommand(command: readonly string[], signal: AbortSignal): Promise<Secret> {
  const [program = '', ...args] = command;
  const failure = (problem: string, cause?: unknown): NautesError =>
    new NautesError('TokenCommandFailed', { program, problem }, { cause });
  const limited = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_LIMIT)]);
  const { run } = await import('../../base/programs/process.ts'); // few need it
  const result = await run(program, args, { signal: limited, maximumOutput: 64 * 1024 }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failure(error instanceof Error && 'code' in error ? String(error.code) : 'it could not be run', error);
  });
  if (result.code !== 0) throw failure(`it ended with ${result.code}`);
  try {
    return tokenOf(result.stdout.toString('utf8'));
  } catch (error) {
    throw failure(error instanceof NautesError ? error.message : 'unknown', error);
  }
}
