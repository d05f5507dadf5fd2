import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command, Option } from 'commander';
import { createToken, listTokens, revokeToken } from '../identity/index.ts';
import type { Role } from '../model/caller.ts';
import { dataPaths } from '../server/data-paths.ts';
import { loadConfiguration } from '../server/load-configuration.ts';
import { formatTable } from './table.ts';

interface DirectoryOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

interface CreateOptions extends DirectoryOptions {
  readonly name: string;
  readonly role: Role;
  readonly expires?: string;
}

export function tokenCommand(): Command {
  const create = withDirectory(new Command('create'))
    .description('make an access token and print it; also while a server runs on the directory')
    .requiredOption('--name <name>', 'whom it is for; becomes the author of commits')
    .addOption(new Option('--role <role>', 'what it may do').choices(['maintainer', 'reader']).makeOptionMandatory())
    .option('--expires <time>', 'when it ends, RFC 3339 (default: never)')
    .action(runCreate);
  const list = withDirectory(new Command('list')).description('show the tokens, never their values').action(runList);
  const revoke = withDirectory(new Command('revoke'))
    .description('end a token; a running server refuses it within a second')
    .argument('<name>')
    .action(runRevoke);
  return new Command('token')
    .description('access tokens of the embedded identity provider')
    .addCommand(create)
    .addCommand(list)
    .addCommand(revoke);
}

function withDirectory(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'data directory of the server (default: ./nautes-data)')
    .option('--config <file>', 'configuration of the server, instead of --data-dir');
}

async function tokenDirectory({ config, dataDir }: DirectoryOptions): Promise<string> {
  const { dataDirectory } = await loadConfiguration({
    ...(config === undefined ? {} : { file: config }),
    environment: process.env,
    overrides: dataDir === undefined ? {} : { dataDirectory: dataDir },
  });
  return dataPaths(dataDirectory).tokens;
}

async function runCreate(options: CreateOptions): Promise<void> {
  const { name, role, expires } = options;
  const directory = await tokenDirectory(options);
  if (!existsSync(dirname(directory))) {
    console.error(`nautes: no server has used ${dirname(directory)} yet; the token is for one that will`);
  }
  const token = await createToken({ directory, name, role, ...(expires === undefined ? {} : { expiresAt: expires }) });
  console.log(token.reveal());
}

async function runList(options: DirectoryOptions): Promise<void> {
  const { tokens, unreadable } = await listTokens(await tokenDirectory(options));
  const rows = tokens.map(({ name, role, createdAt, expiresAt }) => [name, role, createdAt, expiresAt || 'never']);
  console.log(formatTable([['NAME', 'ROLE', 'CREATED', 'EXPIRES'], ...rows]));
  for (const file of unreadable) console.error(`nautes: ${file} cannot be read; it lets nobody in`);
}

async function runRevoke(name: string, options: DirectoryOptions): Promise<void> {
  await revokeToken(await tokenDirectory(options), name);
}
