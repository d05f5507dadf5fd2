import { defined } from '../../../base/defined.ts';
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { TokenStore } from '../../../identity/index.ts';
import type { Role } from '../../../resources/caller.ts';
import type { Configuration } from '../../../server/configuration/configuration.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { formatTable } from '../../output/table.ts';

interface DirectoryOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

interface CreateOptions extends DirectoryOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires?: string;
}

export function tokenCommand({ texts: { help } }: Invocation): Command {
  const withDirectory = (command: Command): Command =>
    command.option('--data-dir <directory>', help.dataDir).option('--config <file>', help.serverConfigInstead);
  const create = withDirectory(new Command('create'))
    .description(help.tokenCreate)
    .requiredOption('--name <name>', help.tokenName)
    .addOption(new Option('--role <role>', help.tokenRole).choices(['maintainer', 'reader']).makeOptionMandatory())
    .option('--expires <time>', help.tokenExpires)
    .action(runCreate);
  const list = withDirectory(new Command('list')).description(help.tokenList).action(runList);
  const revoke = withDirectory(new Command('revoke'))
    .description(help.tokenRevoke)
    .argument('<token>', help.tokenRevokeName)
    .action(runRevoke);
  return new Command('token').description(help.tokenCommand).addCommand(create).addCommand(list).addCommand(revoke);
}

async function useTokens<T>(
  { config, dataDir }: DirectoryOptions,
  work: (tokens: TokenStore, configuration: Configuration) => Promise<T>,
): Promise<T> {
  const [{ loadConfiguration }, { withTokens }] = await Promise.all([
    import('../../../server/configuration/load.ts'), // most commands do without the server
    import('../../../server/open-tokens.ts'),
  ]);
  const configuration = await loadConfiguration({
    ...defined({ file: config }),
    environment: process.env,
    overrides: defined({ dataDirectory: dataDir }),
  });
  return await withTokens(configuration, (tokens) => work(tokens, configuration));
}

async function runCreate(options: CreateOptions): Promise<void> {
  const { name, role, expires } = options;
  const token = await useTokens(options, async (tokens, { storage, dataDirectory }) => {
    if (storage === 'embedded' && !existsSync(dataDirectory)) {
      console.error(
        `nautes: no server has used ${dataDirectory} yet; the token is valid once a server uses this directory`,
      );
    }
    return await tokens.create({ name, role, ...defined({ expiresAt: expires }) }, unending());
  });
  console.log(token.reveal());
}

async function runList(options: DirectoryOptions): Promise<void> {
  const { tokens, unreadable } = await useTokens(options, (store) => store.list(unending()));
  const rows = tokens.map(({ name, role, createdAt, expiresAt }) => [name, role, createdAt, expiresAt || 'never']);
  console.log(formatTable([['NAME', 'ROLE', 'CREATED', 'EXPIRES'], ...rows]));
  for (const file of unreadable) console.error(`nautes: ${file} cannot be read; it lets nobody in`);
}

async function runRevoke(name: string, options: DirectoryOptions): Promise<void> {
  await useTokens(options, (tokens) => tokens.revoke(name, unending()));
}

/** The command ends with the process. */
function unending(): AbortSignal {
  return new AbortController().signal;
}
