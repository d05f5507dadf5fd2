import type { Invocation } from '../../invocation/invocation.ts';
import { displayWidth, wrapToWidth } from '../../output/display-width.ts';
import { formatTable } from '../../output/table.ts';

const GAP = '  ';
/** Before a message that has lines of its own. */
const INDENT = '    ';

/**
 * Rows of clusters, of which the last cell is a message. On a terminal a message that does not fit behind its row stands
 * below it, so that no line is longer than the terminal is wide.
 * @param width columns of the terminal; absent elsewhere
 * @param widths what columns are wide at least
 */
export function clusterTable(
  rows: readonly (readonly string[])[],
  width: number | undefined,
  widths: readonly number[] = [],
): readonly string[] {
  if (width === undefined) return formatTable(rows, { widths });
  const lines = formatTable(
    rows.map((row) => row.slice(0, -1)),
    { widths: widths.slice(0, -1) },
  );
  return lines.flatMap((line, index) => {
    const message = rows[index]?.at(-1) ?? '';
    if (message === '') return [line];
    const isShort = displayWidth(line) + GAP.length + displayWidth(message) <= width;
    if (isShort) return [`${line}${GAP}${message}`];
    const room = Math.max(width - INDENT.length, 1);
    return [line, ...wrapToWidth(message, room).map((part) => `${INDENT}${part}`)];
  });
}

const UNITS: readonly (readonly [milliseconds: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
];

/** How long ago a time was, as kubectl says it: `45s`, `5m`, `3h`, `12d`; empty where there is no time. */
export function ageOf(time: string | undefined, now: number): string {
  const then = time === undefined ? Number.NaN : Date.parse(time);
  if (Number.isNaN(then)) return '';
  const age = Math.max(now - then, 0);
  const [length, unit] = UNITS.find(([each]) => age >= each * (each === 1_000 ? 0 : 1)) ?? [1_000, 's'];
  return `${Math.floor(age / length)}${unit}`;
}

/** The table of `get` as the terminal of this call shows it. */
export function shownTable(
  { terminal }: Invocation,
  rows: readonly (readonly string[])[],
  widths: readonly number[] = [],
): readonly string[] {
  return clusterTable(rows, terminal.dataColumns, widths);
}
