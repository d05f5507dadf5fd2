import { Command } from 'commander';
import type { View } from '../../../contract/views.ts';
import { clusterName } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { printerFor, requireForm } from '../../output/print-objects.ts';
import { formatTable } from '../../output/table.ts';
import { outputOption } from './output-option.ts';

/** Digits of a commit that people read. */
const SHORT_COMMIT = 10;

type Entry = View<'history'>['items'][number];

/** Who changed a cluster, and when: the last 100 commits. */
export function historyCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('history')
    .description(help.history)
    .argument('<name...>', help.clusterReference)
    .addOption(outputOption(invocation.texts, ['json', 'yaml', 'jsonpath=…']));
  return command.action((given: readonly string[], { output }: { readonly output?: string }) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal } = invocation;
      const print = requireForm(output, (form) =>
        form === 'name' ? undefined : printerFor(form, { name: 'History' }),
      );
      const history = await client.history(clusterName(given), signal);
      if (print !== undefined) {
        terminal.data(print([history], true, terminal.value));
        return;
      }
      const rows = [words.historyHeads, ...history.items.map(row)];
      terminal.print(formatTable(rows, { width: terminal.dataColumns }));
    }),
  );
}

function row({ time, author, operation, commit, subject }: Entry): readonly string[] {
  return [time, author, operation || '-', commit.slice(0, SHORT_COMMIT), subject];
}
