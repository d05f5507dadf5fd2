import { Command } from 'commander';
import { namedObjects } from '../../documents/object-names.ts';
import { namesInFiles, type SourceFlags } from '../../save/documents-of.ts';
import { requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { askForAll } from './deletion-consent.ts';
import { deleteAll, type DeleteFlags, deleteOptions, type DeletionTarget } from './deletion.ts';
import { planDeletions } from './deletion-plan.ts';
import { nameFiles } from './named-clusters.ts';
import { productOf } from './options.ts';

interface DeleteNamedFlags extends DeleteFlags, Partial<SourceFlags> {
  readonly yes?: true;
  readonly product?: string;
}

export function deleteCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('delete')
    .description(help.delete)
    .argument('[kind]', help.kindOrReference)
    .argument('[names...]', help.names)
    .option('-y, --yes', help.yes)
    .option('-p, --product <name>', help.product);
  nameFiles(command, invocation.texts);
  return deleteOptions(command, invocation).action(
    async (word: string | undefined, names: readonly string[], flags: DeleteNamedFlags) => {
      const words = word === undefined ? [] : [word, ...names];
      if (words.length === 0 && flags.filename === undefined)
        command.error(`error: ${invocation.texts.output.namesOrFiles}`, { exitCode: 2 });
      await runDelete(invocation, command, await targetsOf(invocation, words, flags), flags);
    },
  );
}

async function targetsOf(
  invocation: Invocation,
  words: readonly string[],
  flags: DeleteNamedFlags,
): Promise<readonly DeletionTarget[]> {
  const inFiles = flags.filename === undefined ? [] : await namesInFiles(flags);
  const inWords = words.length === 0 ? [] : namedObjects(words);
  return [...inWords, ...inFiles].map(({ kind, name }) => ({
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
