import { Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../../../base/defined.ts';
import { clusterNames } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';

interface PauseFlags {
  readonly until?: string;
  readonly reason?: string;
}

export function pauseCommand(invocation: Invocation): Command {
  const { help, output } = invocation.texts;
  const until = new Option('--until <time>', help.pauseUntil).argParser((text) => {
    const end = readEnd(text, Date.now());
    if (end === undefined) throw new InvalidArgumentError(output.endExpected);
    return end;
  });
  const command = new Command('pause')
    .description(help.pause)
    .argument('<names...>', help.clusterReferences)
    .addOption(until)
    .option('--reason <text>', help.pauseReason);
  return command.action((names: readonly string[], flags: PauseFlags) =>
    withClient(invocation, command, async (client, signal) => {
      for (const name of clusterNames(names)) {
        const { changed } = await client.pause(name, defined({ until: flags.until, reason: flags.reason }), signal);
        invocation.terminal.print(`cluster/${name} ${changed ? output.isPaused(flags.until ?? '') : output.unchanged}`);
      }
    }),
  );
}

export function resumeCommand(invocation: Invocation): Command {
  const { help, output } = invocation.texts;
  const command = new Command('resume').description(help.resume).argument('<names...>', help.clusterReferences);
  return command.action((names: readonly string[]) =>
    withClient(invocation, command, async (client, signal) => {
      for (const name of clusterNames(names)) {
        const { changed } = await client.resume(name, signal);
        invocation.terminal.print(`cluster/${name} ${changed ? output.isResumed : output.unchanged}`);
      }
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1d12h` from now, or a time such as `2026-12-01T08:00` (local) or `…Z`; as RFC 3339. */
export function readEnd(text: string, now: number): string | undefined {
  const parts = [...text.matchAll(/(\d{1,6})([mhd])/g)];
  const isDuration = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const end = isDuration
    ? now + parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
    : /^\d{4}-\d\d-\d\dT/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  return Number.isNaN(end) ? undefined : `${new Date(end).toISOString().slice(0, 19)}Z`;
}
