import { Command } from 'commander';
import { type Invocation, warning, withClient } from '../../invocation/invocation.ts';
import { reference } from '../../documents/document.ts';
import { saveQuery } from '../../documents/operation.ts';
import { documentsOf } from '../../save/documents-of.ts';
import { type FileFlags, saveOptions } from './options.ts';
import { diffLines, printFindings } from '../../save/plan-output.ts';

/** As kubectl: 1 says that there are differences, so that what fails must be something else. */
const DIFFERENT = 1;
const FAILED = 2;

export function diffCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = saveOptions(new Command('diff').description(help.diff), invocation.texts);
  return command.action((flags: FileFlags) => runDiff(invocation, command, flags));
}

async function runDiff(invocation: Invocation, command: Command, flags: FileFlags): Promise<void> {
  const { terminal, texts } = invocation;
  process.exitCode = FAILED; // until it is known to be something else
  const documents = await documentsOf(invocation, flags);
  let isDifferent = false;
  await withClient(invocation, command, async (client, signal) => {
    for (const document of documents) {
      if (document.kind.name !== 'Cluster') {
        terminal.say(warning(invocation, texts.output.notPlanned(reference(document))));
        continue;
      }
      const plan = await client.plan(document.name, document.body, { query: saveQuery(flags), signal });
      printFindings(invocation, plan);
      if (!plan.changed && plan.generation !== '') continue;
      isDifferent = true;
      terminal.print(terminal.paintData('bold', reference(document)));
      terminal.print(diffLines(invocation, plan));
    }
  });
  process.exitCode = isDifferent ? DIFFERENT : 0;
}
