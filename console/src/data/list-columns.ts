import { type SortKey, sortKeys } from './fleet-view.ts';

export type Column = SortKey;
export type Density = 'comfortable' | 'compact';

/** Height of a row in CSS pixels; a card stands for a row on narrow screens. */
export const ROW_HEIGHTS: Readonly<Record<Density, number>> = { comfortable: 56, compact: 36 };
export const CARD_HEIGHT = 84;

/** Shown before anything is chosen. */
const DEFAULT_COLUMNS: readonly Column[] = ['name', 'phase', 'kind', 'version', 'components', 'credential', 'changed'];

interface Width {
  /** In CSS pixels. */
  readonly minimum: number;
  /** Share of the space that is left. */
  readonly share: number;
}

const WIDTHS: Readonly<Record<Column, Width>> = {
  name: { minimum: 130, share: 1.2 },
  phase: { minimum: 130, share: 2 },
  kind: { minimum: 104, share: 0.9 },
  version: { minimum: 92, share: 0 },
  components: { minimum: 92, share: 0 },
  credential: { minimum: 96, share: 0 },
  changed: { minimum: 100, share: 0.8 },
  address: { minimum: 150, share: 1.2 },
  reason: { minimum: 120, share: 0.8 },
};

/** What is left out first where there is no room. The name and the state stay. */
const DISPENSABLE: readonly Column[] = ['address', 'reason', 'changed', 'kind', 'credential', 'components', 'version'];

const GAP = 14;
const PADDING = 36;
const CHECKBOX = 24;

/** The columns of a stored choice, in their order on the page; those of an unknown choice are left out. */
export function columnsOf(chosen: string | undefined): readonly Column[] {
  if (chosen === undefined) return DEFAULT_COLUMNS;
  const names = new Set(chosen.split(','));
  return sortKeys.filter((column) => column === 'name' || names.has(column));
}

export function densityOf(chosen: string | undefined): Density {
  return chosen === 'compact' ? 'compact' : 'comfortable';
}

/** Those of the columns that a list of this width (CSS pixels) has room for. */
export function fittingColumns(columns: readonly Column[], width: number): readonly Column[] {
  const left = [...columns];
  for (const column of DISPENSABLE) {
    if (neededWidth(left) <= width) break;
    if (left.includes(column)) left.splice(left.indexOf(column), 1);
  }
  return left;
}

function neededWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + WIDTHS[column].minimum + GAP, PADDING + CHECKBOX);
}

/** The columns as CSS has them, the one of the checkboxes first. */
export function columnTemplate(columns: readonly Column[]): string {
  const tracks = columns.map((column) => {
    const { minimum, share } = WIDTHS[column];
    return share === 0 ? `${minimum}px` : `minmax(${minimum}px, ${share}fr)`;
  });
  return [`${CHECKBOX}px`, ...tracks].join(' ');
}
