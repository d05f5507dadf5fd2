import { Command, InvalidArgumentError } from 'commander';
import { clusterName } from '../../documents/object-names.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { outputOption } from './output-option.ts';
import { printRows, REPLY_FORMS, runReading } from './reading.ts';

/** As many as the server looks for. */
const MAXIMUM_COUNT = 20;

interface NodePortsFlags {
  readonly output?: string;
  readonly count?: number;
}

/** Which node ports of a cluster are free, and what has the others. */
export function nodePortsCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('node-ports')
    .description(help.nodePorts)
    .argument('<name...>', help.clusterReference)
    .option('--count <count>', help.nodePortsCount, readCount)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action((given: readonly string[], { output, count }: NodePortsFlags) =>
    runReading(invocation, command, output, {
      kind: 'NodePorts',
      read: (client, signal) => client.nodePorts(clusterName(given), count, signal),
      show: ({ range: { first, last }, free, taken }) => {
        const rows = [
          ...free.map((port) => [String(port), words.nodePortFree]),
          ...taken.map(({ port, by }) => [String(port), by]),
        ];
        printRows(invocation, words.nodePortHeads, rows);
        invocation.terminal.tell(words.nodePortRange(first, last));
      },
    }),
  );
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MAXIMUM_COUNT) return count;
  throw new InvalidArgumentError(text);
}
