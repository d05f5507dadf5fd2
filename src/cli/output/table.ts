import { displayWidth, padToWidth, printable, wrapToWidth } from './display-width.ts';

const GAP = '  ';
/** A last column narrower than this is not worth wrapping. */
const MINIMUM_WRAPPED_WIDTH = 24;

export interface TableOptions {
  /** Columns of the terminal: the last column is wrapped so that no line is longer. Not wrapped when absent. */
  readonly width?: number | undefined;
  /** Put before every line. */
  readonly indent?: string;
}

/** Rows as aligned columns, two spaces between them, nothing after the last. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { width, indent = '' } = options;
  const cells = rows.map((row) => row.map((cell) => printable(cell).replaceAll('\n', ' ')));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, indent.length);
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - before;
  const lines = cells.flatMap((row) => {
    const last = row[columns - 1] ?? '';
    const wrapped = room >= MINIMUM_WRAPPED_WIDTH && displayWidth(last) > room ? wrapToWidth(last, room) : [last];
    return wrapped.map((part, index) => {
      const others = row.slice(0, columns - 1).map((cell) => (index === 0 ? cell : ''));
      const texts = [...others.map((cell, column) => padToWidth(cell, widths[column] ?? 0)), part];
      return (indent + texts.join(GAP)).trimEnd();
    });
  });
  return lines.join('\n');
}
