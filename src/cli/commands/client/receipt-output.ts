import type { ReceiptView } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { formatTable } from '../../output/table.ts';

/** More commands than these are for those who ask for the receipt. */
const MOST_COMMANDS = 5;

/** What was done to take a cluster away, as data or as something to know besides. */
export function printReceipt(invocation: Invocation, receipt: ReceiptView, as: 'data' | 'messages'): void {
  const { terminal, texts } = invocation;
  const width = as === 'data' ? terminal.dataColumns : terminal.messageColumns;
  const put = (text: string): void => (as === 'data' ? terminal.print(text) : terminal.say(text));
  const paint = as === 'data' ? terminal.paintData.bind(terminal) : terminal.paint.bind(terminal);
  const { output: words } = texts;
  const isComplete = receipt.outcome === 'Complete';
  const outcome = paint(isComplete ? 'green' : 'yellow', words.receiptOutcome(receipt.outcome));
  const kinds = Map.groupBy(receipt.removed, ({ kind }) => kind);
  const summary = [...kinds].map(([kind, objects]) => `${objects.length} ${kind}`).join(', ');
  const facts = [
    [words.receiptAskedBy, `${receipt.requestedBy}, ${receipt.requestedAt}`],
    [words.receiptEnded, receipt.completedAt],
    [
      words.receiptRemoved,
      `${receipt.removed.length} / ${receipt.created.length}${summary === '' ? '' : ` (${summary})`}`,
    ],
  ];
  put(`${receipt.cluster}  ${outcome}${receipt.forced ? `  ${words.forced}` : ''}`);
  put(formatTable(facts, { indent: '  ', width }));
  const name = (object: ReceiptView['removed'][number]): string =>
    `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;
  if (receipt.left.length > 0) {
    put(words.receiptLeft(receipt.left.length));
    put(
      formatTable(
        receipt.left.map((one) => [name(one), one.reason]),
        { indent: '  ', width },
      ),
    );
  }
  if (receipt.remaining.length === 0) return;
  put(words.receiptRemaining(receipt.remaining.length));
  const shown = as === 'data' ? receipt.remaining : receipt.remaining.slice(0, MOST_COMMANDS);
  for (const [reason, objects] of Map.groupBy(shown, (one) => one.reason)) {
    put(`  ${terminal.safe(reason)}`);
    for (const one of objects) put(`    ${terminal.safe(one.command || name(one))}`);
  }
  const more = receipt.remaining.length - shown.length;
  if (more > 0) put(`  ${words.receiptMore(more, receipt.cluster)}`);
}
