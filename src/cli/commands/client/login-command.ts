import { Command } from 'commander';
import type { Secret } from '../../../base/secret.ts';
import { sleep } from '../../../base/async/timing.ts';
import { NautesError } from '../../../errors/errors.ts';
import { type NautesClient, serverAddress } from '../../../client/index.ts';
import { tokenFromCommand, tokenOf } from '../../contexts/access-token.ts';
import { clientFor, readAuthority } from '../../contexts/connect.ts';
import { type Context, contextFile, readContexts, withContext, writeContexts } from '../../contexts/context-file.ts';
import { interruption } from '../../invocation/process-end.ts';
import { type Invocation, warning } from '../../invocation/invocation.ts';
import { askSecretly, readStandardInput } from '../../invocation/prompt.ts';

interface LoginFlags {
  readonly name?: string;
  readonly caFile?: string;
  readonly token?: string;
  readonly wait?: true;
}

export function loginCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('login')
    .description(help.login)
    .argument('<server>', help.loginServer)
    .argument('[command...]', help.loginCommand)
    .option('--name <context>', help.loginName)
    .option('--wait', help.loginWait);
  return command.action((server: string, words: readonly string[]) =>
    runLogin(invocation, command.optsWithGlobals<LoginFlags>(), server, words),
  );
}

/** Nothing is stored before the server has accepted the token. */
async function runLogin(
  invocation: Invocation,
  { name, caFile, token: given, wait: isAwaited }: LoginFlags,
  address: string,
  words: readonly string[],
): Promise<void> {
  const { terminal, texts, environment } = invocation;
  if (given !== undefined) terminal.say(warning(invocation, texts.output.tokenInArguments));
  const server = serverAddress(address);
  const authority = caFile === undefined ? {} : { certificateAuthority: await readAuthority(caFile) };
  const signal = interruption();
  const token =
    words.length > 0
      ? await tokenFromCommand(words, signal)
      : given === undefined
        ? await askForToken(invocation, server)
        : tokenOf(given);
  const client = clientFor({ server, ...authority, token: async () => token }, invocation);
  try {
    if (isAwaited === true) await untilItAnswers(client, signal);
    const caller = await client.caller(signal);
    const context: Context = {
      name: name ?? new URL(server).host,
      server,
      ...authority,
      ...(words.length > 0 ? { tokenCommand: words } : { token }),
    };
    const file = contextFile(environment);
    const contexts = withContext(await readContexts(file), context);
    await writeContexts(file, { ...contexts, current: context.name });
    terminal.tell(texts.output.loggedIn(caller.name, texts.words.role(caller.role), server, context.name));
    if (caller.role === 'reader') terminal.tell(texts.output.readerOnly);
    const isOpen = server.startsWith('http:') && !/^http:\/\/(127\.|localhost|\[::1\])/.test(server);
    if (isOpen) terminal.say(warning(invocation, texts.output.plainHttp));
  } finally {
    client.close();
  }
}

/** A server that has just been started. */
const PATIENCE_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 250;

/** @throws NautesError the last `ServerUnreachable` when that takes too long */
async function untilItAnswers(client: NautesClient, signal: AbortSignal): Promise<void> {
  const end = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      if ((await client.readiness(signal)).status === 'ready' || Date.now() > end) return;
    } catch (error) {
      const isAway = error instanceof NautesError && error.reason === 'ServerUnreachable';
      if (!isAway || Date.now() > end) throw error;
    }
    await sleep(PAUSE_MILLISECONDS);
    signal.throwIfAborted();
  }
}

async function askForToken(invocation: Invocation, server: string): Promise<Secret> {
  const { terminal, texts } = invocation;
  const text = terminal.canAsk
    ? await askSecretly(invocation, texts.output.tokenQuestion(server))
    : await readStandardInput();
  return tokenOf(text);
}
