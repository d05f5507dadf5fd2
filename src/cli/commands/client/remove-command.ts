import { Command } from 'commander';
import { requireServed, skipCheck } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { documentsOf } from '../../save/documents-of.ts';
import { type DeleteFlags, deleteOne, deleteOptions } from './deletion.ts';
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
    for (const { kind, name, product } of documents) {
      await deleteOne(invocation, client, { kind, name, product }, { ...flags, query: skipCheck(flags) }, signal);
    }
  });
}
