import { Command } from 'commander';
import type { View } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Texts } from '../../texts/texts.ts';
import { formatTable } from '../../output/table.ts';
import { outputOption } from './output-option.ts';
import { REPLY_FORMS, runReading } from './reading.ts';

/** All clusters counted. */
export function summaryCommand(invocation: Invocation): Command {
  const command = new Command('summary')
    .description(invocation.texts.help.summary)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action(({ output }: { readonly output?: string }) =>
    runReading(invocation, command, output, {
      kind: 'Summary',
      read: (client, signal) => client.summary(signal),
      show: (summary) => {
        const { terminal, texts } = invocation;
        terminal.print(formatTable(rowsOf(summary, texts), { width: terminal.dataColumns }));
      },
    }),
  );
}

function rowsOf(summary: View<'fleetSummary'>, { output: words, words: names }: Texts): readonly (readonly string[])[] {
  const { total, running, paused, credentials } = summary;
  const counts = (given: Readonly<Record<string, number>>, nameOf = (key: string) => key): string =>
    Object.entries(given)
      .toSorted(([, left], [, right]) => right - left)
      .map(([key, count]) => `${count} ${nameOf(key)}`)
      .join(', ') || '-';
  const ends: Readonly<Record<string, number>> = {
    [words.credentialsEnded]: credentials.ended,
    [words.credentialsWithin(1)]: credentials.within_1_day,
    [words.credentialsWithin(7)]: credentials.within_7_days,
    [words.credentialsWithin(30)]: credentials.within_30_days,
  };
  return [
    [words.summaryClusters, String(total)],
    [words.summaryPhases, counts(summary.by_phase, (phase) => names.phase(phase))],
    [words.summaryKinds, counts(summary.by_kind)],
    [words.summaryTypes, counts(summary.by_type)],
    [words.summaryVersions, counts(summary.by_kubernetes)],
    [words.summaryReasons, counts(summary.by_reason)],
    [
      words.summaryCredentials,
      Object.entries(ends)
        .map(([when, count]) => `${count} ${when}`)
        .join(', '),
    ],
    [words.summaryRunning, String(running)],
    [words.summaryPaused, String(paused)],
  ];
}
