import { defined } from '../../../base/defined.ts';
import { readBoundedFile } from '../../../base/files/bounded-file.ts';
import { Command } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import type { Invocation } from '../../invocation/invocation.ts';

interface CaOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

export function caCommand({ texts, terminal }: Invocation): Command {
  const { help } = texts;
  return new Command('ca')
    .description(help.ca)
    .option('--data-dir <directory>', help.dataDir)
    .option('--config <file>', help.serverConfigInstead)
    .action(async (options: CaOptions) => terminal.data(await authorityOf(options)));
}

const MAXIMUM_CERTIFICATE_BYTES = 1024 * 1024;

async function authorityOf({ config, dataDir }: CaOptions): Promise<string> {
  const [{ loadConfiguration }, { dataPaths }] = await Promise.all([
    import('../../../server/configuration/load.ts'), // most commands do without the server
    import('../../../server/configuration/data-paths.ts'),
  ]);
  const { dataDirectory } = await loadConfiguration({
    ...defined({ file: config }),
    environment: process.env,
    overrides: defined({ dataDirectory: dataDir }),
  });
  const file = dataPaths(dataDirectory).authority;
  const certificate = await readBoundedFile(file, MAXIMUM_CERTIFICATE_BYTES).catch((error: unknown) => {
    throw new NautesError('AuthorityMissing', { directory: dataDirectory }, { cause: error });
  });
  return certificate.toString('utf8');
}
