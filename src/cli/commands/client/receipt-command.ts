import { Command } from 'commander';
import { clusterDocuments } from '../../documents/kinds.ts';
import { clusterName } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { OBJECT_FORMS, printerFor, requireForm } from '../../output/print-objects.ts';
import { printReceipt } from './receipt-output.ts';
import { outputOption } from './output-option.ts';

export function receiptCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('receipt')
    .description(help.receipt)
    .argument('<name...>', help.clusterReference)
    .addOption(outputOption(invocation.texts, OBJECT_FORMS));
  return command.action((words: readonly string[], { output }: { readonly output?: string }) =>
    withClient(invocation, command, async (client, signal) => {
      const print = requireForm(output, (form) => printerFor(form, clusterDocuments));
      const receipt = await client.receipt(clusterName(words), signal);
      if (print === undefined) printReceipt(invocation, receipt, 'data');
      else invocation.terminal.data(print([receipt], true, invocation.terminal.value));
    }),
  );
}
