import { formatTable } from '../src/cli/output/table.ts';
import type { EventView, ReceiptView, StatusView } from '../src/contract/views.ts';

const isColoured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: number, text: string): string => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);

export function heading(text: string): void {
  console.log(`\n${paint(1, text)}`);
}

export function note(text: string): void {
  console.log(text.replace(/^/gm, '  '));
}

/** One line per event: seconds since the start, cluster, subject, message. */
export function formatEvent({ cluster, type, subject, reason, message }: EventView, milliseconds: number): string {
  const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
  const mark = type === 'Warning' ? paint(33, '!') : GOOD.test(reason) ? paint(32, '✓') : '·';
  const about = subject.replace('components/', '').padEnd(16);
  return `  ${time} ${mark} ${cluster.padEnd(16)} ${about} ${message}`;
}

/** A host that is not ready is no good news, though its reason ends so. */
const GOOD = /(?<!Not)Ready$|^Provisioned$|^Reachable$|^OwnCredential$|^Deleted$/;

export function formatStatus(status: StatusView): string {
  const lines = [
    `phase       ${paint(status.phase === 'Ready' ? 32 : 33, status.phase)}`,
    `Kubernetes  ${status.kubernetes.version}, uid ${status.kubernetes.uid}`,
    `credential  our own, until ${status.credential.expiresAt}`,
    `entry       ${status.entryPoints.join(', ')}`,
    '',
    ...formatTable([
      ['CONDITION', 'STATUS', 'REASON'],
      ...status.conditions.map(({ type, status: value, reason }) => [type, value, reason]),
    ]),
    '',
    ...formatTable([
      ['COMPONENT', 'VERSION', 'PHASE', 'OBJECTS', 'NAMESPACE'],
      ...status.components.map(({ name, version, phase, objects, namespace }) => [
        name,
        version,
        phase,
        `${objects.ready}/${objects.total}`,
        namespace,
      ]),
    ]),
  ];
  for (const { name, advisories } of status.components)
    for (const text of advisories) lines.push(`note: ${name}: ${text}`);
  return lines.join('\n');
}

export function formatReceipts(receipts: readonly ReceiptView[]): string {
  return formatTable([
    ['CLUSTER', 'OUTCOME', 'CREATED', 'REMOVED', 'LEFT', 'REMAINING', 'SECONDS', 'ASKED BY'],
    ...receipts.map((receipt) => [
      receipt.cluster,
      receipt.outcome,
      String(receipt.created.length),
      String(receipt.removed.length),
      String(receipt.left.length),
      String(receipt.remaining.length),
      String(Math.round((Date.parse(receipt.completedAt) - Date.parse(receipt.requestedAt)) / 1000)),
      receipt.requestedBy,
    ]),
  ]).join('\n');
}
