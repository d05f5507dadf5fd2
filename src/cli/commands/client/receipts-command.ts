import { Command } from 'commander';
import { clusterName } from '../../documents/object-names.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { outputOption } from './output-option.ts';
import { allPages, printRows, REPLY_FORMS, runReading, wholeSeconds } from './reading.ts';

/** The receipts of all clusters that were deleted, or of one name, the last first. */
export function receiptsCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('receipts')
    .description(help.receipts)
    .argument('[name...]', help.clusterNameOrAll)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action((given: readonly string[], { output }: { readonly output?: string }) =>
    runReading(invocation, command, output, {
      kind: 'Receipts',
      read: async (client, signal) =>
        given.length > 0
          ? await client.receiptsOf(clusterName(given), signal)
          : { items: await allPages((next) => client.receipts(next, signal)) },
      show: ({ items }) => {
        const rows = items.map((one) => {
          const { completed_at: ended, cluster, requested_by: who, outcome, removed, left, remaining, forced } = one;
          const said = words.receiptLine(words.receiptOutcome(outcome), { removed, left, remaining });
          return [wholeSeconds(ended), cluster, who, forced ? `${said} (${words.forced})` : said];
        });
        if (rows.length === 0) invocation.terminal.tell(words.noReceipts);
        else printRows(invocation, words.receiptHeads, rows);
      },
    }),
  );
}
