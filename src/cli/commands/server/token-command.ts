import { defined } from '../../../base/defined.ts';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import type { Role } from '../../../resources/caller.ts';
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

async function tokenDirectory({ config, dataDir }: DirectoryOptions): Promise<string> {
  const [{ loadConfiguration }, { dataPaths }] = await Promise.all([
    import('../../../server/configuration/load.ts'), // most commands do without the server
    import('../../../server/configuration/data-paths.ts'),
  ]);
  const { dataDirectory } = await loadConfiguration({
    ...defined({ file: config }),
    environment: process.env,
    overrides: defined({ dataDirectory: dataDir }),
  });
  return dataPaths(dataDirectory).tokens;
}

async function runCreate(options: CreateOptions): Promise<void> {
  const { name, role, expires } = options;
  const directory = await tokenDirectory(options);
  if (!existsSync(dirname(directory))) {
    console.error(
      `nautes: no server has used ${dirname(directory)} yet; the token is valid once a server uses this directory`,
    );
  }
  const { createToken } = await import('../../../identity/index.ts');
  const token = await createToken({ directory, name, role, ...defined({ expiresAt: expires }) });
  console.log(token.reveal());
}

async function runList(options: DirectoryOptions): Promise<void> {
  const { listTokens } = await import('../../../identity/index.ts');
  const { tokens, unreadable } = await listTokens(await tokenDirectory(options));
  const rows = tokens.map(({ name, role, createdAt, expiresAt }) => [name, role, createdAt, expiresAt || 'never']);
  console.log(formatTable([['NAME', 'ROLE', 'CREATED', 'EXPIRES'], ...rows]));
  for (const file of unreadable) console.error(`nautes: ${file} cannot be read; it lets nobody in`);
}

async function runRevoke(name: string, options: DirectoryOptions): Promise<void> {
  const { revokeToken } = await import('../../../identity/index.ts');
  await revokeToken(await tokenDirectory(options), name);
}
