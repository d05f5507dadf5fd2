import { defined } from '../../../base/defined.ts';
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { endParser } from '../end-time.ts';
import type { TokenStore } from '../../../identity/index.ts';
import type { Role } from '../../../resources/caller.ts';
import type { Configuration } from '../../../server/configuration/configuration.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Terminal } from '../../output/terminal.ts';
import { formatTable } from '../../output/table.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

interface CreateOptions extends ServerOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires?: string;
}

export function tokenCommand({ texts: { help, output }, terminal }: Invocation): Command {
  const withDirectory = (command: Command): Command =>
    command.option('--data-dir <directory>', help.dataDir).option('--config <file>', help.serverConfigInstead);
  const create = withDirectory(new Command('create'))
    .description(help.tokenCreate)
    .requiredOption('--name <name>', help.tokenName)
    .addOption(new Option('--role <role>', help.tokenRole).choices(['maintainer', 'reader']).makeOptionMandatory())
    .addOption(new Option('--expires <time>', help.tokenExpires).argParser(endParser(output.endExpected)))
    .action((options: CreateOptions) => runCreate(options, terminal));
  const list = withDirectory(new Command('list'))
    .description(help.tokenList)
    .action((options: ServerOptions) => runList(options, terminal));
  const revoke = withDirectory(new Command('revoke'))
    .description(help.tokenRevoke)
    .argument('<token>', help.tokenRevokeName)
    .action(runRevoke);
  return new Command('token').description(help.tokenCommand).addCommand(create).addCommand(list).addCommand(revoke);
}

async function useTokens<T>(
  options: ServerOptions,
  work: (tokens: TokenStore, configuration: Configuration) => Promise<T>,
): Promise<T> {
  const [configuration, { withTokens }] = await Promise.all([
    serverConfiguration(options),
    import('../../../server/open-tokens.ts'),
  ]);
  return await withTokens(configuration, (tokens) => work(tokens, configuration));
}

async function runCreate(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { name, role, expires } = options;
  const token = await useTokens(options, async (tokens, { storage, dataDirectory }) => {
    if (storage === 'embedded' && !existsSync(dataDirectory)) {
      terminal.say(
        `nautes: no server has used ${dataDirectory} yet; the token is valid once a server uses this directory`,
      );
    }
    return await tokens.create({ name, role, ...defined({ expiresAt: expires }) }, unending());
  });
  terminal.print(token.reveal());
}

async function runList(options: ServerOptions, terminal: Terminal): Promise<void> {
  const { tokens, unreadable } = await useTokens(options, (store) => store.list(unending()));
  const rows = tokens.map(({ name, role, createdAt, expiresAt }) => [name, role, createdAt, expiresAt || 'never']);
  terminal.print(formatTable([['NAME', 'ROLE', 'CREATED', 'EXPIRES'], ...rows]));
  for (const file of unreadable) terminal.say(`nautes: ${file} cannot be read and is ignored`);
}

async function runRevoke(name: string, options: ServerOptions): Promise<void> {
  await useTokens(options, (tokens) => tokens.revoke(name, unending()));
}

/** The command ends with the process. */
function unending(): AbortSignal {
  return new AbortController().signal;
}
