import { Command } from 'commander';
import { namedObjects } from '../../documents/object-names.ts';
import { requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { askForAll } from './deletion-consent.ts';
import { deleteAll, type DeleteFlags, deleteOptions, type DeletionTarget } from './deletion.ts';
import { planDeletions } from './deletion-plan.ts';
import { productOf } from './options.ts';

interface DeleteNamedFlags extends DeleteFlags {
  readonly yes?: true;
  readonly product?: string;
}

export function deleteCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('delete')
    .description(help.delete)
    .argument('<kind>', help.kindOrReference)
    .argument('[names...]', help.names)
    .option('-y, --yes', help.yes)
    .option('-p, --product <name>', help.product);
  return deleteOptions(command, invocation).action((word: string, names: readonly string[], flags: DeleteNamedFlags) =>
    runDelete(invocation, command, targetsOf(invocation, [word, ...names], flags), flags),
  );
}

function targetsOf(
  invocation: Invocation,
  words: readonly string[],
  flags: DeleteNamedFlags,
): readonly DeletionTarget[] {
  return namedObjects(words).map(({ kind, name }) => ({
    kind,
    name,
    product: productOf(kind, flags.product, invocation),
  }));
}

async function runDelete(
  invocation: Invocation,
  command: Command,
  targets: readonly DeletionTarget[],
  flags: DeleteNamedFlags,
): Promise<void> {
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(
      client,
      targets.map(({ kind }) => kind),
      signal,
    );
    if (flags.dryRun === true) return planDeletions(invocation, client, targets, flags, signal);
    const agreed = flags.yes === true ? { targets } : await askForAll(invocation, client, targets, flags, signal);
    await deleteAll(invocation, client, agreed, flags, signal);
  });
}
