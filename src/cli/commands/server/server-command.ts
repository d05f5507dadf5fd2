import { defined } from '../../../base/defined.ts';
import { Command, Option } from 'commander';
import { exitCodes } from '../../invocation/exit-codes.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Terminal } from '../../output/terminal.ts';
import { outliveOutput, untilTerminated, untilUncaughtException } from '../../invocation/process-end.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

/** A server that has not closed after this time is ended: everything that matters is on disk by then. */
const CLOSE_LIMIT_MILLISECONDS = 9_000;

interface RunOptions extends ServerOptions {
  readonly listen?: string;
  readonly role?: 'all' | 'api' | 'controllers';
  readonly printConfig?: true;
}

export function serverCommand({ texts, terminal }: Invocation): Command {
  const { help } = texts;
  return new Command('server')
    .description(help.server)
    .option('--config <file>', help.serverConfig)
    .option('--data-dir <directory>', help.serverDataDir)
    .option('--listen <host:port>', help.serverListen)
    .addOption(new Option('--role <role>', help.serverRole).choices(['all', 'api', 'controllers']))
    .option('--print-config', help.serverPrintConfig)
    .action((options: RunOptions) => runServer(options, terminal));
}

async function runServer({ listen, role, printConfig, ...place }: RunOptions, terminal: Terminal): Promise<void> {
  const [configuration, { printableConfiguration }] = await Promise.all([
    serverConfiguration(place, defined({ listen, role })),
    import('../../../server/configuration/print.ts'),
  ]);
  if (printConfig === true) {
    terminal.data(printableConfiguration(configuration));
    return;
  }
  const [{ createLogger }, { startServer }, { tellServiceReady }, { warnOfExposedFiles }] = await Promise.all([
    import('../../../server/services/log/logger.ts'), // other commands do without the server
    import('../../../server/server.ts'),
    import('../../../server/services/service-manager.ts'),
    import('../../../server/services/file-trust.ts'),
  ]);
  const logger = createLogger(configuration.log);
  outliveOutput(logger, terminal);
  await warnOfExposedFiles(configuration, place.config, logger);
  const broken = untilUncaughtException(process, logger);
  const starting = new AbortController();
  const terminated = untilTerminated(() => starting.abort());
  const server = await startServer(configuration, logger, starting.signal);
  const what = server.url === '' ? 'nautes controllers are running' : `nautes is listening on ${server.url}`;
  terminal.print(`${what} (data in ${server.dataDirectory})`);
  await tellServiceReady(process.env, logger);
  const failed = server.failed.then((error) => {
    logger.error({ reason: error.reason }, error.message);
    process.exitCode = exitCodes.failed;
    return error.reason;
  });
  logger.info({ cause: await Promise.race([terminated, broken, failed]) }, 'closing');
  setTimeout(() => {
    logger.error({}, 'closing took too long');
    process.exit(1);
  }, CLOSE_LIMIT_MILLISECONDS).unref();
  await server.close();
}
