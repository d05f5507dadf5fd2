import { Command } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import type { View } from '../../../contract/views.ts';
import { NautesError } from '../../../errors/errors.ts';
import { clusterDocuments } from '../../documents/kinds.ts';
import { clusterName } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { OBJECT_FORMS, printerFor, requireForm } from '../../output/print-objects.ts';
import { outputOption } from './output-option.ts';
import { printRows, REPLY_FORMS, runReading } from './reading.ts';

/** Digits of a commit that people read. */
const SHORT_COMMIT = 10;
/** Digits of a commit that name one. */
const MINIMUM_DIGITS = 4;
const FULL_COMMIT = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

type Entry = View<'history'>['items'][number];

interface HistoryFlags {
  readonly output?: string;
  readonly at?: string;
}

/** Who changed a cluster, and when: the last 100 commits; or what one of them left declared. */
export function historyCommand(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('history')
    .description(help.history)
    .argument('<name...>', help.clusterReference)
    .option('--at <commit>', help.historyAt)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action((given: readonly string[], { output, at }: HistoryFlags) =>
    at === undefined
      ? runReading(invocation, command, output, {
          kind: 'History',
          read: (client, signal) => client.history(clusterName(given), signal),
          show: ({ items }) => printRows(invocation, words.historyHeads, items.map(row)),
        })
      : showState(invocation, command, { name: clusterName(given), at, output }),
  );
}

function row({ time, author, operation, commit, subject }: Entry): readonly string[] {
  return [time, author, operation || '-', commit.slice(0, SHORT_COMMIT), subject];
}

interface StateRequest {
  readonly name: string;
  readonly at: string;
  readonly output: string | undefined;
}

/** The file as the commit left it, or in a form of `-o` the cluster as `get` shows it, which `apply` takes. */
function showState(invocation: Invocation, command: Command, { name, at, output }: StateRequest): Promise<void> {
  return withClient(invocation, command, async (client, signal) => {
    const { terminal } = invocation;
    const print = requireForm(output, (form) =>
      OBJECT_FORMS.some((one) => one === form) || form.startsWith('jsonpath=')
        ? printerFor(form, clusterDocuments)
        : undefined,
    );
    const commit = await fullCommit(client, { name, at }, signal);
    const { after, cluster } = await client.change(name, commit, signal);
    if (print === undefined) terminal.data(after);
    else if (cluster === undefined) throw new NautesError('CommitNotFound', { commit });
    else terminal.data(print([cluster], true, terminal.value));
  });
}

/** The commit whose id begins with these digits. @throws NautesError `CommitNotFound` when that is none, or several */
async function fullCommit(
  client: NautesClient,
  { name, at }: Pick<StateRequest, 'name' | 'at'>,
  signal: AbortSignal,
): Promise<string> {
  if (FULL_COMMIT.test(at)) return at;
  const { items } = await client.history(name, signal);
  const [found, another] = items.filter(({ commit }) => commit.startsWith(at));
  if (found === undefined || another !== undefined || at.length < MINIMUM_DIGITS)
    throw new NautesError('CommitNotFound', { commit: at });
  return found.commit;
}
