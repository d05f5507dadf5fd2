import { Command, Option } from 'commander';
import { createToken } from '../identity/index.ts';
import type { Role } from '../model/caller.ts';
import { loadConfiguration } from '../server/load-configuration.ts';
import { dataPaths } from '../server/data-paths.ts';

interface CreateOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly name: string;
  readonly role: Role;
  readonly expires?: string;
}

export function tokenCommand(): Command {
  const create = new Command('create')
    .description('make an access token and print it; also while a server runs on the directory')
    .requiredOption('--name <name>', 'whom it is for; becomes the author of commits')
    .addOption(new Option('--role <role>', 'what it may do').choices(['maintainer', 'reader']).makeOptionMandatory())
    .option('--data-dir <directory>', 'data directory of the server (default: ./nautes-data)')
    .option('--config <file>', 'configuration of the server, instead of --data-dir')
    .option('--expires <time>', 'when it ends, RFC 3339 (default: never)')
    .action(runCreate);
  return new Command('token').description('access tokens of the embedded identity provider').addCommand(create);
}

async function runCreate({ config, dataDir, name, role, expires }: CreateOptions): Promise<void> {
  const { dataDirectory } = await loadConfiguration({
    ...(config === undefined ? {} : { file: config }),
    environment: process.env,
    overrides: dataDir === undefined ? {} : { dataDirectory: dataDir },
  });
  const token = await createToken({
    directory: dataPaths(dataDirectory).tokens,
    name,
    role,
    ...(expires === undefined ? {} : { expiresAt: expires }),
  });
  console.log(token.reveal());
}
