import { ifMatch, type NautesClient } from '../../client/index.ts';
import type { PlanView } from '../../contract/views.ts';
import { NautesError } from '../../errors/errors.ts';
import type { SpecDocument } from '../documents/document.ts';
import { type CheckFlags, saveQuery } from '../documents/operation.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { Prompt } from '../invocation/prompt.ts';
import { componentRows, fieldLines, printFindings } from './plan-output.ts';
import { formatTable } from '../output/table.ts';
import { shown } from '../output/terminal-text.ts';

export interface ConfirmFlags extends CheckFlags {
  readonly yes?: true;
}

/**
 * Shows what a save would change of a cluster that is registered already, and asks.
 * @returns the condition of the save: what was shown is what is changed
 * @throws NautesError `PlanRefused`, `ChangeNotConfirmed`, `NothingConfirmed`
 */
export async function confirmChange(
  invocation: Invocation,
  client: NautesClient,
  { name, body }: SpecDocument,
  flags: ConfirmFlags,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { terminal, texts } = invocation;
  const plan = await planOrNothing(client, { name, body }, flags, signal);
  if (plan?.generation === '') return {}; // it is gone meanwhile
  if (plan !== undefined) {
    if (plan.findings.length > 0 || plan.changed) printChange(invocation, plan);
    if (plan.findings.some(({ blocking }) => blocking)) throw new NautesError('PlanRefused', { count: 1 });
    if (!plan.changed) return ifMatch(plan.generation);
  }
  if (flags.yes !== true) {
    if (!terminal.canAsk) throw new NautesError('ChangeNotConfirmed', { cluster: name });
    using prompt = new Prompt(invocation);
    const answer = await prompt.ask(texts.output.changeQuestion(name, client.server));
    if (answer === 'no') throw new NautesError('NothingConfirmed');
  }
  return plan === undefined ? {} : ifMatch(plan.generation);
}

/** `undefined` of a server that does not plan, as that of 0.4. */
async function planOrNothing(
  client: NautesClient,
  { name, body }: Pick<SpecDocument, 'name' | 'body'>,
  flags: ConfirmFlags,
  signal: AbortSignal,
): Promise<PlanView | undefined> {
  try {
    return await client.plan(name, body, { query: saveQuery(flags), signal });
  } catch (error) {
    if (error instanceof NautesError && error.reason === 'ServerAnswerUnclear') return undefined;
    throw error;
  }
}

function printChange(invocation: Invocation, plan: PlanView): void {
  const { terminal, texts } = invocation;
  const { output: words } = texts;
  terminal.tell(words.changeHead(plan.name));
  const credential = plan.diff.find(({ field }) => field === 'kubeconfig');
  const fields = plan.diff.filter(({ field }) => field !== 'kubeconfig');
  terminal.say(fieldLines(fields, terminal.paint).map((line) => shown`  ${line}`));
  terminal.say(`  ${credential === undefined ? words.credentialKept : words.credentialReplaced}`);
  const rows = componentRows(invocation, plan);
  if (rows.length > 0) terminal.say(formatTable(rows, { indent: '  ', width: terminal.messageColumns }));
  printFindings(invocation, plan);
}
