import { cleanLine } from './clean.ts';
import { cutToWidth, displayWidth, padToWidth, wrapToWidth } from './display-width.ts';

const GAP = '  ';
/** A last column narrower than this is not worth wrapping. */
const MINIMUM_WRAPPED_WIDTH = 24;
/** A cell that is not the last of its row is cut at this width: all others of its column are as wide. */
const MAXIMUM_COLUMN_WIDTH = 253;
/** The last one is cut at this width. */
const MAXIMUM_LAST_COLUMN_WIDTH = 16 * 1024;

export interface TableOptions {
  /** Columns of the terminal: the last column is wrapped so that no line is longer. Not wrapped when absent. */
  readonly width?: number | undefined;
  /** What columns are wide at least, e.g. as in the rows that were shown before. */
  readonly widths?: readonly number[];
  /** Put before every line. */
  readonly indent?: string;
}

/** Rows as lines of aligned columns, two spaces between them, nothing after the last. */
export function formatTable(rows: readonly (readonly string[])[], options: TableOptions = {}): readonly string[] {
  const { width, indent = '', widths: least = [] } = options;
  const columns = columnsOf(rows);
  const cells = rows.map((row) => row.map((cell, index) => shownCell(cell, index === columns - 1)));
  const widths = columnWidths(cells).map((found, column) => Math.max(found, least[column] ?? 0));
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP.length, indent.length);
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - before;
  return cells.flatMap((row) => {
    const last = row[columns - 1] ?? '';
    const wrapped = room >= MINIMUM_WRAPPED_WIDTH && displayWidth(last) > room ? wrapToWidth(last, room) : [last];
    return wrapped.map((part, index) => {
      const others = row.slice(0, columns - 1).map((cell) => (index === 0 ? cell : ''));
      const texts = [...others.map((cell, column) => padToWidth(cell, widths[column] ?? 0)), part];
      return (indent + texts.join(GAP)).trimEnd();
    });
  });
}

/** How wide the columns are that hold these rows. */
export function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const widths = Array.from({ length: columnsOf(rows) }, () => 0);
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  }
  return widths;
}

function columnsOf(rows: readonly (readonly string[])[]): number {
  return rows.reduce((most, { length }) => Math.max(most, length), 0);
}

/** Cut by length before it is cut by width, which looks at every character. */
function shownCell(cell: string, isLast: boolean): string {
  const limit = isLast ? MAXIMUM_LAST_COLUMN_WIDTH : MAXIMUM_COLUMN_WIDTH;
  const some = cleanLine(cell.length > limit * 4 ? cell.slice(0, limit * 4) : cell);
  return some.length <= limit / 2 ? some : cutToWidth(some, limit);
}
