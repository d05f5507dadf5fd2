import { Command } from 'commander';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { printerFor, requireForm } from '../../output/print-objects.ts';
import { formatTable } from '../../output/table.ts';
import { outputOption } from './output-option.ts';

export function catalogCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('catalog')
    .description(help.catalog)
    .addOption(outputOption(invocation.texts, ['wide', 'json', 'yaml', 'jsonpath=…']));
  return command.action(({ output }: { readonly output?: string }) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal } = invocation;
      const form = output === 'wide' ? undefined : output;
      const print = requireForm(form, (one) => (one === 'name' ? undefined : printerFor(one, { name: 'Catalog' })));
      const catalog = await client.catalog(signal);
      if (print !== undefined) {
        terminal.data(print([catalog], true, terminal.value));
        return;
      }
      const isWide = output === 'wide';
      const rows = catalog.components.map((component) => {
        const { name, category, namespace, version, description, sources, advisories } = component;
        const from = sources.map(({ chart, location }) => (chart === undefined ? location : `${chart} ${location}`));
        const last = isWide ? from.join(' ') : description;
        return [
          name + (component.default ? ' *' : ''),
          category,
          version,
          namespace,
          [last, ...advisories].join(words.sentenceGap),
        ];
      });
      terminal.print(
        formatTable([isWide ? words.catalogHeadsWide : words.catalogHeads, ...rows], { width: terminal.dataColumns }),
      );
      terminal.say(words.catalogNote);
    }),
  );
}
