import { Command } from 'commander';
import { requireServed, skipCheck } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { documentsOf } from '../../save/documents-of.ts';
import { deleteAll, type DeleteFlags, deleteOptions } from './deletion.ts';
import { planDeletions } from './deletion-plan.ts';
import { type FileFlags, fileOptions } from './options.ts';

interface RemoveFlags extends FileFlags, DeleteFlags {}

export function removeCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = fileOptions(new Command('remove').description(help.remove), invocation.texts);
  return deleteOptions(command, invocation).action((flags: RemoveFlags) => runRemove(invocation, command, flags));
}

async function runRemove(invocation: Invocation, command: Command, flags: RemoveFlags): Promise<void> {
  const documents = (await documentsOf(invocation, flags)).toReversed();
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(
      client,
      documents.map(({ kind }) => kind),
      signal,
    );
    const targets = documents.map(({ kind, name, product }) => ({ kind, name, product }));
    const asked = { ...flags, query: skipCheck(flags) };
    if (flags.dryRun === true) await planDeletions(invocation, client, targets, asked, signal);
    else await deleteAll(invocation, client, { targets }, asked, signal);
  });
}
