import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { NautesError } from '../base/errors.ts';
import { dataPaths } from '../server/data-paths.ts';
import { loadConfiguration } from '../server/load-configuration.ts';

interface CaOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

export function caCommand(): Command {
  return new Command('ca')
    .description('print the certificate authority of `tls: auto`, to import it')
    .option('--data-dir <directory>', 'data directory of the server (default: ./nautes-data)')
    .option('--config <file>', 'configuration of the server, instead of --data-dir')
    .action(printAuthority);
}

async function printAuthority({ config, dataDir }: CaOptions): Promise<void> {
  const { dataDirectory } = await loadConfiguration({
    ...(config === undefined ? {} : { file: config }),
    environment: process.env,
    overrides: dataDir === undefined ? {} : { dataDirectory: dataDir },
  });
  const file = dataPaths(dataDirectory).authority;
  const certificate = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new NautesError('AuthorityMissing', { directory: dataDirectory }, { cause: error });
  });
  process.stdout.write(certificate);
}
