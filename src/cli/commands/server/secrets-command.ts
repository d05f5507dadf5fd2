import { Command, Option } from 'commander';
import { silentLogger } from '../../../base/logger.ts';
import type { MigrationReport } from '../../../secrets/index.ts';
import type { StoreName } from '../../../server/migrate-secrets.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Terminal } from '../../output/terminal.ts';
import { untilTerminated } from '../../invocation/process-end.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

interface MigrateOptions extends ServerOptions {
  readonly from: StoreName;
  readonly to: StoreName;
}

const STORES: readonly StoreName[] = ['sealed', 'vault'];

export function secretsCommand({ texts: { help }, terminal }: Invocation): Command {
  const migrate = new Command('migrate')
    .description(help.secretsMigrate)
    .addOption(new Option('--from <store>', help.secretsFrom).choices(STORES).makeOptionMandatory())
    .addOption(new Option('--to <store>', help.secretsTo).choices(STORES).makeOptionMandatory())
    .option('--data-dir <directory>', help.dataDir)
    .option('--config <file>', help.serverConfigStores)
    .action((options: MigrateOptions) => runMigrate(options, terminal));
  return new Command('secrets').description(help.secrets).addCommand(migrate);
}

async function runMigrate(options: MigrateOptions, terminal: Terminal): Promise<void> {
  const { from, to } = options;
  const [configuration, { migrateSecrets }] = await Promise.all([
    serverConfiguration(options),
    import('../../../server/migrate-secrets.ts'),
  ]);
  const stop = new AbortController();
  void untilTerminated(() => stop.abort());
  const onRegistration = (cluster: string, index: number, count: number): void =>
    terminal.say(`${index}/${count} ${cluster}`);
  const migration = { configuration, from, to, logger: silentLogger, onRegistration };
  report(await migrateSecrets(migration, stop.signal), options, terminal);
}

function report(
  { registrations, copied, present, unreadable }: MigrationReport,
  { from, to }: MigrateOptions,
  terminal: Terminal,
): void {
  if (registrations === 0) {
    terminal.say(`nautes: there is nothing in the store ${from}: check --data-dir and the configuration`);
    process.exitCode = 1;
    return;
  }
  terminal.print(
    `${copied + present} credentials of ${registrations} registrations: ${copied} copied, ${present} were there`,
  );
  for (const { cluster, problem } of unreadable) terminal.print(`not copied, ${cluster}: ${problem}`);
  terminal.print('All that were copied have been read back and are equal. Nothing was removed from the old store.');
  terminal.print(`Now set secrets.store to ${to} and start the server.`);
  if (unreadable.length > 0) process.exitCode = 1;
}
