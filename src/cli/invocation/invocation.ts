import type { Command } from 'commander';
import type { NautesClient } from '../../client/index.ts';
import { type Access, chooseAccess, clientFor, type ServerFlags } from '../contexts/connect.ts';
import { interruption } from './process-end.ts';
import type { Terminal } from '../output/terminal.ts';
import { shown, type TerminalText } from '../output/terminal-text.ts';
import type { Language } from '../../messages/text.ts';
import type { Texts } from '../texts/texts.ts';

/** One call of the command line: what every command works with. */
export interface Invocation {
  readonly version: string;
  readonly language: Language;
  readonly texts: Texts;
  readonly environment: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
}

/** A command's work with the server that its flags choose. */
export type ClientUse<T> = (client: NautesClient, signal: AbortSignal) => Promise<T>;

/** The server and token that the flags of the command, the environment or the context in use name. */
export async function accessOf(invocation: Invocation, command: Command): Promise<Access> {
  const flags = command.optsWithGlobals<ServerFlags>();
  if (flags.token !== undefined) invocation.terminal.say(warning(invocation, invocation.texts.output.tokenInArguments));
  return chooseAccess(flags, invocation.environment, interruption());
}

export async function withClient<T>(invocation: Invocation, command: Command, use: ClientUse<T>): Promise<T> {
  const client = clientFor(await accessOf(invocation, command), invocation);
  try {
    return await use(client, interruption());
  } finally {
    client.close();
  }
}

/** A text that people should see although all goes well. */
export function warning({ terminal, texts }: Invocation, text: string): TerminalText {
  return shown`${terminal.paint('yellow', texts.output.warning)}${text}`;
}
