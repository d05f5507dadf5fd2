import { Command } from 'commander';
import type { View } from '../../../contract/views.ts';
import { clusterName } from '../../documents/object-names.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { OutputTexts } from '../../texts/texts.ts';
import { outputOption } from './output-option.ts';
import { allPages, objectName, printRows, REPLY_FORMS, runReading } from './reading.ts';

interface ObjectsFlags {
  readonly output?: string;
  readonly component?: string;
  readonly notReady?: true;
}

type HeldObject = View<'objects'>['items'][number];

/** The objects that are held on a cluster, and how each was at the last look. */
export function objectsCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('objects')
    .description(help.objects)
    .argument('<name...>', help.clusterReference)
    .option('--component <name>', help.objectsComponent)
    .option('--not-ready', help.objectsNotReady)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action((given: readonly string[], { output, component = '', notReady }: ObjectsFlags) =>
    runReading(invocation, command, output, {
      kind: 'Objects',
      read: async (client, signal) => {
        const name = clusterName(given);
        const all = await allPages((next) => client.objects(name, { component, continue: next }, signal));
        const items = notReady === true ? all.filter(({ ready }) => ready !== true) : all;
        return { items, total: items.length };
      },
      show: ({ items }) => {
        if (items.length === 0) invocation.terminal.tell(words.noObjects);
        else
          printRows(
            invocation,
            words.objectHeads,
            items.map((one) => rowOf(one, words)),
          );
      },
    }),
  );
}

function rowOf(object: HeldObject, words: OutputTexts): readonly string[] {
  const { component, foreign, reason = '', message = '' } = object;
  const why = [reason, message].filter(Boolean).join(words.colon);
  const said = [objectName(object) + (foreign ? ` (${words.objectForeign})` : ''), why].filter(Boolean);
  return [component, words.objectState(stateOf(object)), said.join(words.colon)];
}

function stateOf({ state, ready }: HeldObject): string {
  if (ready !== undefined) return ready ? 'ready' : 'not ready';
  return state;
}
