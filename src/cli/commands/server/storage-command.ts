import { Command, Option } from 'commander';
import { silentLogger } from '../../../base/logger.ts';
import type { StorageName, StorageReport, StorageStep } from '../../../server/migrate-storage.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { untilTerminated } from '../../invocation/process-end.ts';
import { formatTable } from '../../output/table.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

interface MigrateOptions extends ServerOptions {
  readonly to: StorageName;
  readonly dryRun?: true;
}

const STORAGES: readonly StorageName[] = ['embedded', 'kubernetes'];

/** Hexadecimal digits of a digest that are shown: enough to compare two reports. */
const SHOWN_DIGITS = 16;

export function storageCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const migrate = new Command('migrate')
    .description(help.storageMigrate)
    .addOption(new Option('--to <storage>', help.storageTo).choices(STORAGES).makeOptionMandatory())
    .option('--dry-run', help.storageDryRun)
    .option('--data-dir <directory>', help.dataDir)
    .option('--config <file>', help.storageConfig)
    .action((options: MigrateOptions) => runMigrate(options, invocation));
  return new Command('storage').description(help.storage).addCommand(migrate);
}

async function runMigrate({ to, dryRun, ...place }: MigrateOptions, invocation: Invocation): Promise<void> {
  const [configuration, { moveStorage }] = await Promise.all([
    serverConfiguration(place),
    import('../../../server/migrate-storage.ts'),
  ]);
  const stop = new AbortController();
  void untilTerminated(() => stop.abort());
  const { terminal, texts } = invocation;
  const onStep = ({ part, name }: StorageStep): void => terminal.say(`${texts.output.storage.part(part)} ${name}`);
  const move = { configuration, to, dryRun: dryRun === true, logger: silentLogger, onStep };
  report(await moveStorage(move, stop.signal), to, invocation);
}

function report(found: StorageReport, to: StorageName, { texts: { output }, terminal }: Invocation): void {
  const { storage: words } = output;
  const { outcome, installation, from, parts, unreadable, events, receipts } = found;
  terminal.print(words.outcome(outcome, installation, from, found.to));
  const rows = Object.entries(parts).map(([part, { count, copied, removed, digest }]) => [
    words.part(part),
    String(count),
    String(copied),
    String(removed),
    digest.slice(0, SHOWN_DIGITS),
  ]);
  if (rows.length > 0) terminal.print(formatTable([words.heads, ...rows]));
  if (rows.length > 0) terminal.print(words.within(events, receipts));
  for (const { cluster, problem } of unreadable) terminal.print(words.notCopied(cluster, problem));
  if (outcome === 'migrated') terminal.print(words.next(to, from));
  if (unreadable.length > 0) process.exitCode = 1;
}
