import { formatTable } from '../src/cli/table.ts';
import type { ClusterEvent, ClusterStatus, Receipt } from '../src/model/status.ts';

const isColoured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: number, text: string): string => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);

export function heading(text: string): void {
  console.log(`\n${paint(1, text)}`);
}

export function note(text: string): void {
  console.log(text.replace(/^/gm, '  '));
}

/** One line an event: seconds since the start of following, what it is about, what happened. */
export function formatEvent({ type, subject, reason, message }: ClusterEvent, milliseconds: number): string {
  const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
  const mark = type === 'Warning' ? paint(33, '!') : reason.endsWith('Ready') ? paint(32, '✓') : '·';
  const about = subject.replace('components/', '').padEnd(18);
  return `  ${time} ${mark} ${about} ${message}`;
}

export function formatStatus(status: ClusterStatus): string {
  const lines = [
    `phase       ${paint(status.phase === 'Ready' ? 32 : 33, status.phase)}`,
    `Kubernetes  ${status.kubernetes.version}, uid ${status.kubernetes.uid}`,
    `credential  our own, until ${status.credential.expiresAt}`,
    `entry       ${status.entryPoints.join(', ')}`,
    '',
    formatTable([
      ['CONDITION', 'STATUS', 'REASON'],
      ...status.conditions.map(({ type, status: value, reason }) => [type, value, reason]),
    ]),
    '',
    formatTable([
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

export function formatReceipt(receipt: Receipt): string {
  const kinds = Map.groupBy(receipt.removed, ({ kind }) => kind);
  const summary = [...kinds].map(([kind, objects]) => `${objects.length} ${kind}`).join(', ');
  return [
    `outcome     ${paint(receipt.outcome === 'Complete' ? 32 : 33, receipt.outcome)}`,
    `asked by    ${receipt.requestedBy} at ${receipt.requestedAt}, done at ${receipt.completedAt}`,
    `created     ${receipt.created.length} objects`,
    `removed     ${receipt.removed.length} objects: ${summary}`,
    `left        ${receipt.left.length}`,
    `remaining   ${receipt.remaining.length}`,
  ].join('\n');
}
