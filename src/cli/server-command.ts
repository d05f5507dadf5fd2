import { Command, Option } from 'commander';
import { printableConfiguration } from '../server/print-configuration.ts';
import { loadConfiguration } from '../server/load-configuration.ts';
import { untilMistake } from './mistakes.ts';
import { untilTerminated } from './termination.ts';

/** A server that has not closed after this time is ended: everything that matters is on disk by then. */
const CLOSE_LIMIT_MILLISECONDS = 9_000;

interface ServerOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly listen?: string;
  readonly role?: 'all' | 'api' | 'controllers';
  readonly printConfig?: true;
}

export function serverCommand(): Command {
  return new Command('server')
    .description('run the API and the controllers')
    .option('--config <file>', 'configuration (YAML)')
    .option('--data-dir <directory>', 'where everything is kept (default: ./nautes-data)')
    .option('--listen <host:port>', 'address of the API (default: 127.0.0.1:8000)')
    .addOption(
      new Option('--role <role>', 'what this process does (default: all)').choices(['all', 'api', 'controllers']),
    )
    .option('--print-config', 'print the configuration in force and end')
    .action(runServer);
}

async function runServer({ config, dataDir, listen, role, printConfig }: ServerOptions): Promise<void> {
  const configuration = await loadConfiguration({
    ...(config === undefined ? {} : { file: config }),
    environment: process.env,
    overrides: {
      ...(dataDir === undefined ? {} : { dataDirectory: dataDir }),
      ...(listen === undefined ? {} : { listen }),
      ...(role === undefined ? {} : { role }),
    },
  });
  if (printConfig === true) {
    process.stdout.write(printableConfiguration(configuration));
    return;
  }
  const [{ createLogger }, { startServer }] = await Promise.all([
    import('../server/logger.ts'), // other commands do without the server
    import('../server/server.ts'),
  ]);
  const logger = createLogger(configuration.log.level);
  const broken = untilMistake(process, logger);
  const starting = new AbortController();
  const terminated = untilTerminated(() => starting.abort());
  const server = await startServer(configuration, logger, starting.signal);
  const what = server.url === '' ? 'nautes controllers are running' : `nautes is listening on ${server.url}`;
  console.log(`${what} (data in ${server.dataDirectory})`);
  logger.info({ cause: await Promise.race([terminated, broken]) }, 'closing');
  setTimeout(() => {
    logger.error({}, 'closing took too long');
    process.exit(1);
  }, CLOSE_LIMIT_MILLISECONDS).unref();
  await server.close();
}
