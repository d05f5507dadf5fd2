import { displayWidth, padToWidth, printable, wrapToWidth } from './display-width.ts';

const GAP = '  ';
/** A last column narrower than this is not worth wrapping. */
const MINIMUM_WRAPPED_WIDTH = 24;

export interface TableOptions {
  /** Columns of the terminal: the last column is wrapped so that no line is longer. Not wrapped when absent. */
  readonly width?: number | undefined;
  /** What columns are wide at least, e.g. as in the rows that were shown before. */
  readonly widths?: readonly number[];
  /** Put before every line. */
  readonly indent?: string;
}

/** Rows as aligned columns, two spaces between them, nothing after the last. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { width, indent = '', widths: least = [] } = options;
  const cells = rows.map((row) => row.map((cell) => printable(cell).replaceAll('\n', ' ')));
  const columns = Math.max(0, ...cells.map((row) => row.length));
  const widths = columnWidths(cells).map((found, column) => Math.max(found, least[column] ?? 0));
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

/** How wide the columns are that hold these rows. */
export function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
}
