import type { NautesClient } from '../../../client/index.ts';
import type { DeletionPlanView } from '../../../contract/views.ts';
import { NautesError } from '../../../errors/errors.ts';
import { reference } from '../../documents/document.ts';
import { reportFailure } from '../../invocation/failure.ts';
import { type Invocation, warning } from '../../invocation/invocation.ts';
import { formatTable } from '../../output/table.ts';
import type { Lines } from '../../output/terminal.ts';
import { outcomePrinter } from '../../save/outcome.ts';
import { printFindings } from '../../save/plan-output.ts';
import { type DeleteFlags, type DeletionTarget, deletionQuery, isNotFound, sayNotThere } from './deletion.ts';

/** More than these are for those who ask for the data. */
const MOST_NAMED = 20;

/**
 * Shows what deletions would do; nothing is deleted.
 * @throws NautesError `DeletionPlanRefused`, or the first that could not be found out
 */
export async function planDeletions(
  invocation: Invocation,
  client: NautesClient,
  targets: readonly DeletionTarget[],
  flags: DeleteFlags,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, texts } = invocation;
  const print = outcomePrinter(invocation, flags.output);
  const failures: unknown[] = [];
  let refused = 0;
  for (const target of targets) {
    if (target.kind.name !== 'Cluster') {
      terminal.say(warning(invocation, texts.output.notPlanned(reference(target))));
      continue;
    }
    try {
      const plan = await client.planDeletion(target.name, { query: deletionQuery(flags), signal });
      if (print === undefined) {
        terminal.print(`${reference(target)} ${texts.output.wouldBeDeleted}`);
        printDeletionPlan(invocation, plan, 'data');
      } else print(target, plan);
      if (plan.findings.some(({ blocking }) => blocking)) refused += 1;
    } catch (error) {
      signal.throwIfAborted();
      if (flags.ignoreNotFound === true && isNotFound(error)) {
        sayNotThere(invocation, target);
        continue;
      }
      failures.push(error);
      reportFailure(error, terminal, texts);
    }
  }
  if (failures.length > 0) throw failures[0];
  if (refused > 0) throw new NautesError('DeletionPlanRefused', { count: refused });
}

/** What goes, what users would lose and what stays; findings go to standard error. */
export function printDeletionPlan(invocation: Invocation, plan: DeletionPlanView, as: 'data' | 'messages'): void {
  const { terminal, texts } = invocation;
  const { output: words } = texts;
  const width = as === 'data' ? terminal.dataColumns : terminal.messageColumns;
  const put = (lines: Lines): void => (as === 'data' ? terminal.print(lines) : terminal.say(lines));
  const list = (head: string, rows: readonly (readonly string[])[]): void => {
    if (rows.length === 0) return;
    put(`  ${head}`);
    put(formatTable(rows.slice(0, MOST_NAMED), { indent: '    ', width }));
    if (rows.length > MOST_NAMED) put(`    ${words.andMore(rows.length - MOST_NAMED)}`);
  };
  if (as === 'messages') put(`cluster/${plan.name}`);
  if (plan.components.length > 0) {
    const rows = plan.components.map(({ name, objects }) => [`- ${name}`, words.plannedObjects(objects)]);
    put(formatTable(rows, { indent: '  ', width }));
  }
  if (plan.lost.length === 0) put(`  ${words.losesNothing}`);
  list(
    words.plannedLosses(plan.lost.length),
    plan.lost.map((one) => [
      nameOf(one),
      one.relation === 'instance' ? words.lostInstance(one.of) : words.lostContent(one.of),
    ]),
  );
  list(
    words.plannedLeft(plan.left.length),
    plan.left.map((one) => [nameOf(one), one.reason]),
  );
  printFindings(invocation, plan);
}

function nameOf({
  kind,
  namespace,
  name,
}: DeletionPlanView['left'][number] | DeletionPlanView['lost'][number]): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
