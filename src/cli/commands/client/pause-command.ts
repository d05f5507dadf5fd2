import { Command, Option } from 'commander';
import { defined } from '../../../base/defined.ts';
import { endParser } from '../end-time.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { namedClusters, type NamingFlags, namingOptions } from './named-clusters.ts';

interface PauseFlags extends NamingFlags {
  readonly until?: string;
  readonly reason?: string;
}

export function pauseCommand(invocation: Invocation): Command {
  const { help, output } = invocation.texts;
  const until = new Option('--until <time>', help.pauseUntil).argParser(endParser(output.endExpected));
  const command = namingOptions(new Command('pause').description(help.pause), invocation.texts)
    .addOption(until)
    .option('--reason <text>', help.pauseReason);
  return command.action((words: readonly string[], flags: PauseFlags) =>
    withClient(invocation, command, async (client, signal) => {
      for (const name of await namedClusters(invocation, { command, client }, words, flags, signal)) {
        const { changed } = await client.pause(name, defined({ until: flags.until, reason: flags.reason }), signal);
        invocation.terminal.print(`cluster/${name} ${changed ? output.isPaused(flags.until ?? '') : output.unchanged}`);
      }
    }),
  );
}

export function resumeCommand(invocation: Invocation): Command {
  const { help, output } = invocation.texts;
  const command = namingOptions(new Command('resume').description(help.resume), invocation.texts);
  return command.action((words: readonly string[], flags: NamingFlags) =>
    withClient(invocation, command, async (client, signal) => {
      for (const name of await namedClusters(invocation, { command, client }, words, flags, signal)) {
        const { changed } = await client.resume(name, signal);
        invocation.terminal.print(`cluster/${name} ${changed ? output.isResumed : output.unchanged}`);
      }
    }),
  );
}
