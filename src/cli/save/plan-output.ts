import type { DeletionPlanView, PlanView } from '../../contract/views.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { formatTable } from '../output/table.ts';
import type { TerminalText } from '../output/terminal-text.ts';
import type { Paint } from '../progress/frame.ts';
import { remedyText } from '../texts/remedy.ts';

const SIGNS = { install: '+', update: '~', remove: '-', keep: '=' } as const;

/** What a save would do, for people; findings go to standard error. */
export function printPlan(invocation: Invocation, plan: PlanView): void {
  const { terminal, texts } = invocation;
  const isNew = plan.generation === '';
  const word = isNew
    ? texts.output.wouldBeRegistered
    : plan.changed
      ? texts.output.wouldBeChanged
      : texts.output.unchanged;
  terminal.print(`cluster/${plan.name} ${word}`);
  if (plan.diff.length > 0) terminal.print(diffLines(invocation, plan));
  const rows = componentRows(invocation, plan);
  if (rows.length > 0) terminal.print(formatTable(rows, { indent: '  ', width: terminal.dataColumns }));
  printFindings(invocation, plan);
}

/** One line for each component that does not stay as it is. */
export function componentRows({ texts }: Invocation, { components }: PlanView): readonly (readonly string[])[] {
  return components
    .filter(({ action }) => action !== 'keep')
    .map(({ name, version, namespace, action }) => [
      `${SIGNS[action]} ${texts.words.action(action)}`,
      name,
      version,
      namespace,
    ]);
}

/** One line a field: what goes in red, what comes in green; at the end how many more there are. */
export function diffLines({ terminal, texts }: Invocation, plan: PlanView): readonly TerminalText[] {
  const { diff, diff_omitted: omitted = 0 } = plan;
  const lines = fieldLines(diff, terminal.paintData);
  return omitted === 0 ? lines : [...lines, terminal.paintData('dim', texts.output.moreFields(omitted))];
}

export function fieldLines(diff: PlanView['diff'], paint: Paint): readonly TerminalText[] {
  return diff.flatMap(({ field, before, after }) => [
    ...(before === '' ? [] : [paint('red', `- ${field}: ${before}`)]),
    ...(after === '' ? [] : [paint('green', `+ ${field}: ${after}`)]),
  ]);
}

/** What keeps a save from being accepted, and what has to be known before it. */
export function printFindings(
  { terminal, texts }: Invocation,
  { findings }: Pick<PlanView, 'findings'> | Pick<DeletionPlanView, 'findings'>,
): void {
  if (findings.length === 0) return;
  const rows = findings.map((finding) => [
    finding.blocking ? '✗' : '!',
    finding.field || finding.reason,
    [finding.message, remedyText(finding, texts.language)].filter(Boolean).join(texts.output.sentenceGap),
  ]);
  terminal.say(formatTable(rows, { indent: '  ', width: terminal.messageColumns }));
}
