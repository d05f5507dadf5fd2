import type { ReceiptView } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { formatTable } from '../../output/table.ts';
import type { Lines } from '../../output/terminal.ts';
import { shown } from '../../output/terminal-text.ts';

/** More commands than these are for those who ask for the receipt. */
const MOST_COMMANDS = 5;

/** What was done to take a cluster away, as data or as something to know besides. */
export function printReceipt(invocation: Invocation, receipt: ReceiptView, as: 'data' | 'messages'): void {
  const { terminal, texts } = invocation;
  const width = as === 'data' ? terminal.dataColumns : terminal.messageColumns;
  const put: Put = (lines) => (as === 'data' ? terminal.print(lines) : terminal.say(lines));
  const paint = as === 'data' ? terminal.paintData : terminal.paint;
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
  put(shown`${receipt.cluster}  ${outcome}${receipt.forced ? `  ${words.forced}` : ''}`);
  put(formatTable(facts, { indent: '  ', width }));
  const limit = as === 'data' ? Number.POSITIVE_INFINITY : MOST_COMMANDS;
  printLeft(invocation, receipt, { put, width });
  printLost(invocation, receipt, { put, limit });
  printRemaining(invocation, receipt, { put, limit });
}

type Put = (lines: Lines) => void;

function printLeft(
  { texts }: Invocation,
  { left }: ReceiptView,
  { put, width }: { readonly put: Put; readonly width: number | undefined },
): void {
  if (left.length === 0) return;
  put(texts.output.receiptLeft(left.length));
  put(
    formatTable(
      left.map((one) => [nameOf(one), one.reason]),
      { indent: '  ', width },
    ),
  );
}

interface Listing {
  readonly put: Put;
  /** As many are shown. */
  readonly limit: number;
}

/** What users had built and went with a forced deletion. */
function printLost({ texts }: Invocation, { lost = [], lostTotal }: ReceiptView, { put, limit }: Listing): void {
  if (lost.length === 0) return;
  put(texts.output.receiptLost(lostTotal ?? lost.length));
  put(lost.slice(0, limit).map((one) => `  ${nameOf(one)}`));
}

function printRemaining({ texts }: Invocation, receipt: ReceiptView, { put, limit }: Listing): void {
  const { cluster, remaining } = receipt;
  if (remaining.length === 0) return;
  put(texts.output.receiptRemaining(remaining.length));
  const some = remaining.slice(0, limit);
  for (const [reason, objects] of Map.groupBy(some, (one) => one.reason)) {
    put(`  ${reason}`);
    put(objects.map((one) => `    ${one.command || nameOf(one)}`));
  }
  const more = remaining.length - some.length;
  if (more > 0) put(`  ${texts.output.receiptMore(more, cluster)}`);
}

function nameOf({ kind, namespace, name }: ReceiptView['removed'][number]): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
