import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import { stringifyYaml } from '../../../base/yaml.ts';
import { contextFile, findContext, readContexts, writeContexts } from '../../contexts/context-file.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { formatTable } from '../../output/table.ts';

/** The contexts of this user, with kubectl's names for what is done with them. */
export function configCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const file = (): string => contextFile(invocation.environment);
  const { terminal, texts } = invocation;

  const list = new Command('get-contexts').description(help.getContexts).action(async () => {
    const { current, contexts } = await readContexts(file());
    if (contexts.length === 0) {
      terminal.say(texts.output.noContexts);
      return;
    }
    const rows = contexts.map(({ name, server, token, tokenCommand }) => [
      name === current ? '*' : '',
      name,
      server,
      token !== undefined ? texts.output.tokenStored : tokenCommand === undefined ? '' : tokenCommand.join(' '),
    ]);
    terminal.print(formatTable([texts.output.contextHeads, ...rows]));
  });

  const current = new Command('current-context').description(help.currentContext).action(async () => {
    const contexts = await readContexts(file());
    terminal.print(findContext(contexts, contexts.current).name);
  });

  const use = new Command('use-context')
    .description(help.useContextCommand)
    .argument('<name>', help.contextName)
    .action(async (name: string) => {
      const contexts = await readContexts(file());
      await writeContexts(file(), { ...contexts, current: findContext(contexts, name).name });
      terminal.say(texts.output.contextInUse(name));
    });

  const remove = new Command('delete-context')
    .description(help.deleteContext)
    .argument('<name>', help.contextName)
    .action(async (name: string) => {
      const { current: inUse, contexts } = await readContexts(file());
      const gone = findContext({ current: inUse, contexts }, name);
      const rest = contexts.filter((context) => context !== gone);
      await writeContexts(file(), { current: inUse === name ? '' : inUse, contexts: rest });
      terminal.say(texts.output.contextDeleted(name));
    });

  const view = new Command('view').description(help.viewConfig).action(async () => {
    const { current: inUse, contexts } = await readContexts(file());
    const shown = contexts.map(({ name, server, token, tokenCommand, certificateAuthority }) => ({
      name,
      server,
      ...defined({ 'certificate-authority': certificateAuthority }),
      ...(token === undefined ? {} : { token: token.toString() }),
      ...defined({ 'token-command': tokenCommand }),
    }));
    terminal.data(stringifyYaml({ 'current-context': inUse, contexts: shown }));
  });

  return new Command('config')
    .description(help.config)
    .addCommand(list)
    .addCommand(current)
    .addCommand(use)
    .addCommand(remove)
    .addCommand(view);
}
