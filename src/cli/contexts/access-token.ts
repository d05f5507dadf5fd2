import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { codeOr } from '../../errors/system-code.ts';

/** A program that asks a person for a passphrase needs its time, in milliseconds. */
const COMMAND_LIMIT = 120_000;
const MAXIMUM_TOKEN_LENGTH = 4_096;

/** The token in a text that somebody typed or a program printed. @throws NautesError `TokenUnusable` */
export function tokenOf(text: string): Secret {
  const token = text.trim();
  const refuse = (problem: Message): never => {
    throw new NautesError('TokenUnusable', { problem });
  };
  if (token === '') return refuse(message('Token.empty'));
  if (token.length > MAXIMUM_TOKEN_LENGTH) return refuse(message('Token.tooLong'));
  // A header takes it: nothing else of ours is ever sent there.
  if (!/^[\x21-\x7e]+$/.test(token)) return refuse(message('Token.characters'));
  return new Secret(token);
}

/** What the program prints; it may ask on the terminal. @throws NautesError `TokenCommandFailed` */
export async function tokenFromCommand(command: readonly string[], signal: AbortSignal): Promise<Secret> {
  const [program = '', ...args] = command;
  const failure = (problem: Message, cause?: unknown): NautesError =>
    new NautesError('TokenCommandFailed', { program, problem }, { cause });
  const limited = AbortSignal.any([signal, AbortSignal.timeout(COMMAND_LIMIT)]);
  const { run } = await import('../../base/programs/process.ts'); // few need it
  const result = await run(program, args, { signal: limited, maximumOutput: 64 * 1024 }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failure(codeOr(error, message('Program.notStarted')), error);
  });
  if (result.code !== 0) throw failure(message('Program.exitCode', { code: result.code }));
  try {
    return tokenOf(result.stdout.toString('utf8'));
  } catch (error) {
    throw failure(error instanceof NautesError ? error.said : verbatim('unknown'), error);
  }
}
