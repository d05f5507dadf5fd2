import { Command } from 'commander';
import { clusterName } from '../../documents/object-names.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { outputOption } from './output-option.ts';
import { objectName, printRows, REPLY_FORMS, runReading, wholeSeconds } from './reading.ts';

/** What others have changed on a cluster and was set back. */
export function repairsCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('repairs')
    .description(help.repairs)
    .argument('<name...>', help.clusterReference)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action((given: readonly string[], { output }: { readonly output?: string }) =>
    runReading(invocation, command, output, {
      kind: 'Repairs',
      read: (client, signal) => client.repairs(clusterName(given), signal),
      show: ({ items }) => {
        const rows = items.map(({ time, manager, object, fields, contested }) => {
          const what = fields.length === 0 ? words.repairedDeleted : fields.join(', ');
          const note = contested ? ` (${words.repairContested})` : '';
          return [wholeSeconds(time), manager || '-', `${objectName(object)}${words.colon}${what}${note}`];
        });
        if (rows.length === 0) invocation.terminal.tell(words.noRepairs);
        else printRows(invocation, words.repairHeads, rows);
      },
    }),
  );
}
