import { readBoundedFile } from '../../../base/files/bounded-file.ts';
import { Command } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

export function caCommand({ texts, terminal }: Invocation): Command {
  const { help } = texts;
  return new Command('ca')
    .description(help.ca)
    .option('--data-dir <directory>', help.dataDir)
    .option('--config <file>', help.serverConfigInstead)
    .action(async (options: ServerOptions) => terminal.data(await authorityOf(options)));
}

const MAXIMUM_CERTIFICATE_BYTES = 1024 * 1024;

async function authorityOf(options: ServerOptions): Promise<string> {
  const [{ dataDirectory }, { dataPaths }] = await Promise.all([
    serverConfiguration(options),
    import('../../../server/configuration/data-paths.ts'),
  ]);
  const file = dataPaths(dataDirectory).authority;
  const certificate = await readBoundedFile(file, MAXIMUM_CERTIFICATE_BYTES).catch((error: unknown) => {
    throw new NautesError('AuthorityMissing', { directory: dataDirectory }, { cause: error });
  });
  return certificate.toString('utf8');
}
