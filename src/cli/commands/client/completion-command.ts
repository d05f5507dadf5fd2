import { Argument, Command } from 'commander';
import { completionScript, shells } from '../../completion/scripts.ts';
import { candidates } from '../../completion/candidates.ts';
import { dynamicValues } from '../../completion/dynamic-values.ts';
import { cleanLine } from '../../output/clean.ts';
import type { Invocation } from '../../invocation/invocation.ts';

export function completionCommand({ texts, terminal }: Invocation): Command {
  return new Command('completion')
    .description(texts.help.completion)
    .addArgument(new Argument('<shell>', texts.help.shell).choices([...shells]))
    .action((shell: (typeof shells)[number]) => terminal.data(completionScript(shell)));
}

/** What the scripts ask: the words so far, the last of them unfinished; answered by a candidate a line. */
export function completeCommand(invocation: Invocation, root: () => Command): Command {
  return new Command('__complete').argument('[words...]').action(async (words: readonly string[]) => {
    const found = await candidates(root(), words, dynamicValues(invocation));
    invocation.terminal.data(found.map((line) => `${line.split('\t').map(cleanLine).join('\t')}\n`).join(''));
  });
}
