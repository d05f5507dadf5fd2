import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A measurement with its baseline of the same run: the fields of a line in `bench/out/NAME.json`. */
export interface Figure {
  readonly figure: string;
  readonly ours: number;
  /** `null` where there is nothing to compare with. */
  readonly baseline: number | null;
  /** `ours / baseline`. */
  readonly ratio: number | null;
  readonly unit: string;
  /** Empty for figures that are only shown. */
  readonly wanted: string;
  readonly met: boolean | null;
}

/** What a figure should be. */
export interface Wanted {
  readonly of: 'ratio' | 'ours';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Measurement {
  readonly figure: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline?: number | undefined;
  readonly wanted?: Wanted;
}

/** Compares a measurement with its baseline and its target. */
export function figureOf({ figure, unit, ours, baseline, wanted }: Measurement): Figure {
  const ratio = baseline === undefined ? undefined : ours / baseline;
  return {
    figure,
    ours: rounded(ours),
    baseline: baseline === undefined ? null : rounded(baseline),
    ratio: ratio === undefined ? null : rounded(ratio),
    unit,
    wanted: wanted === undefined ? '' : limitText(wanted),
    met: wanted === undefined ? null : isMet(wanted, wanted.of === 'ours' ? ours : (ratio ?? Number.NaN)),
  };
}

function limitText({ of, atLeast, atMost }: Wanted): string {
  const limits = [atLeast === undefined ? '' : `>= ${atLeast}`, atMost === undefined ? '' : `<= ${atMost}`];
  return `${of} ${limits.filter(Boolean).join(', ')}`;
}

function isMet({ atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Wanted, value: number) {
  return value >= atLeast && value <= atMost;
}

/** Three significant digits: benchmarks know no more. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value;
}

/** Writes `NAME.json`. */
export async function writeFigures(directory: string, name: string, figures: readonly Figure[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${name}.json`), `${JSON.stringify(figures, undefined, 2)}\n`);
}

const COLUMNS = ['figure', 'ours', 'baseline', 'ratio', 'unit', 'wanted', 'met'] as const;

/** One table of all figures, in columns. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = [COLUMNS.map(String), ...figures.map((figure) => COLUMNS.map((column) => cell(figure[column])))];
  const widths = COLUMNS.map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  const numeric = new Set([1, 2, 3]);
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => (numeric.has(index) ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'NO';
  return String(value);
}
