import { Command } from 'commander';
import { requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { kindOf, productOf } from './options.ts';
import { type Consent, Prompt } from '../../invocation/prompt.ts';
import { type DeleteFlags, deleteOne, deleteOptions } from './deletion.ts';

interface DeleteNamedFlags extends DeleteFlags {
  readonly yes?: true;
  readonly product?: string;
}

export function deleteCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('delete')
    .description(help.delete)
    .argument('<kind>', help.kindArgument)
    .argument('<names...>', help.names)
    .option('-y, --yes', help.yes)
    .option('-p, --product <name>', help.product);
  return deleteOptions(command, invocation).action((word: string, names: readonly string[], flags: DeleteNamedFlags) =>
    runDelete(invocation, command, word, names, flags),
  );
}

async function runDelete(
  invocation: Invocation,
  command: Command,
  word: string,
  names: readonly string[],
  flags: DeleteNamedFlags,
): Promise<void> {
  const { terminal, texts } = invocation;
  const kind = kindOf(word);
  const product = productOf(kind, flags.product, invocation);
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(client, [kind], signal);
    let consent: Consent = flags.yes === true ? 'all' : 'no';
    using prompt = flags.yes === true ? undefined : new Prompt(invocation);
    for (const name of names) {
      if (prompt !== undefined && consent !== 'all') {
        consent = await prompt.ask(texts.output.deleteQuestion(kind.name, name, client.server, names.length > 1));
      }
      if (consent === 'no') terminal.say(texts.output.notDeleted(kind.name, name));
      else await deleteOne(invocation, client, { kind, name, product }, flags, signal);
    }
  });
}
