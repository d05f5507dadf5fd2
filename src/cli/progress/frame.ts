import { cleanLine } from '../output/clean.ts';
import { cutToWidth, displayWidth, padToWidth, wrapToWidth } from '../output/display-width.ts';
import { type Colour, type Shown, shown, TerminalText } from '../output/terminal-text.ts';
import type { Mark, StageRow } from '../../progress/stage-rows.ts';

/** A row as it is shown: in the reader's words, with its time. */
export interface ShownRow {
  readonly mark: Mark;
  readonly level: 0 | 1;
  readonly label: string;
  readonly note: string;
  readonly detail: string;
  readonly time: string;
}

export interface FrameContent {
  /** Name, phase and time. */
  readonly headline: readonly [name: string, phase: string, time: string];
  readonly colour: Colour;
  readonly rows: readonly ShownRow[];
  /** Said instead of rows that do not fit, e.g. `4 components are ready`. */
  readonly summary: (hidden: number) => string;
  /** Lines below, dimmed. */
  readonly footer: readonly string[];
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

export type Paint = (colour: Colour, text: Shown) => TerminalText;

const MARKS: Readonly<Record<Mark, readonly [sign: string, colour: Colour | undefined]>> = {
  done: ['✓', 'green'],
  active: ['●', 'cyan'],
  waiting: ['○', 'dim'],
  failed: ['✗', 'red'],
  skipped: ['–', 'dim'],
};
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** With less room for it than this a detail gets a line of its own. */
const MINIMUM_DETAIL_COLUMNS = 20;
/** The name in the headline has this room at least. */
const MINIMUM_NAME_COLUMNS = 4;
/** Most lines of a detail that a person has to read. */
const MAXIMUM_DETAIL_LINES = 3;

/**
 * The lines of a frame, none of them wider than the terminal less one column (a cursor in the last one makes some
 * terminals wrap), and no more of them than it has rows.
 */
export function frameLines(given: FrameContent, size: FrameSize, tick: number, paint: Paint): readonly TerminalText[] {
  const content = cleaned(given);
  const columns = Math.max(10, size.columns - 1);
  const room = Math.max(3, size.rows - 1);
  const footer = content.footer.map((line) => paint('dim', cutToWidth(line, columns)));
  const head = headLine(content, columns, paint);
  const render = (rows: readonly ShownRow[]): readonly TerminalText[] => renderRows(rows, columns, tick, paint);

  const all = render(content.rows);
  if (all.length + footer.length + 1 <= room) return [head, ...all, ...footer];
  const kept = content.rows.filter(({ level, mark }) => level === 0 || mark !== 'done');
  const hidden = content.rows.length - kept.length;
  const note = hidden === 0 ? [] : [paint('dim', cutToWidth(`  ${content.summary(hidden)}`, columns))];
  const lines = [head, ...render(kept), ...note];
  return lines.length <= room ? lines : lines.slice(0, room);
}

/** Measured as it is shown: without anything that a terminal acts upon. */
function cleaned({ headline: [name, phase, time], rows, footer, ...content }: FrameContent): FrameContent {
  return {
    ...content,
    headline: [shortLine(name), shortLine(phase), time],
    rows: rows.map((row) => ({
      ...row,
      label: shortLine(row.label),
      note: shortLine(row.note),
      detail: shortLine(row.detail),
    })),
    footer: footer.map(cleanLine),
  };
}

/** Each frame measures all texts. */
const MAXIMUM_TEXT_LENGTH = 2_000;

function shortLine(text: string): string {
  return cleanLine(text.slice(0, MAXIMUM_TEXT_LENGTH));
}

function headLine(
  { headline: [name, phase, time], colour }: FrameContent,
  columns: number,
  paint: Paint,
): TerminalText {
  const end = time === '' ? '' : `  ${time}`;
  const shownPhase = cutToWidth(phase, Math.max(1, columns - end.length - MINIMUM_NAME_COLUMNS));
  const shownName = cutToWidth(name, Math.max(1, columns - displayWidth(`  ${shownPhase}${end}`)));
  return shown`${paint('bold', shownName)}  ${paint(colour, shownPhase)}${paint('dim', end)}`;
}

function renderRows(rows: readonly ShownRow[], columns: number, tick: number, paint: Paint): readonly TerminalText[] {
  const widest = (pick: (row: ShownRow) => number): number => rows.reduce((most, row) => Math.max(most, pick(row)), 0);
  const labels = Math.min(
    widest(({ level, label }) => level * 2 + displayWidth(label)),
    Math.floor(columns / 2),
  );
  const notes = Math.min(
    widest(({ note }) => displayWidth(note)),
    Math.floor(columns / 4),
  );
  const times = widest(({ time }) => displayWidth(time));
  const layout = { columns, labels, notes: columns >= 60 ? notes : 0, times: columns >= 30 ? times : 0 };
  return rows.flatMap((row) => renderRow(row, layout, tick, paint));
}

interface Layout {
  readonly columns: number;
  readonly labels: number;
  /** 0 when there is no room for them. */
  readonly notes: number;
  readonly times: number;
}

function renderRow(row: ShownRow, layout: Layout, tick: number, paint: Paint): readonly TerminalText[] {
  const { columns, labels, notes, times } = layout;
  const [sign, colour] = MARKS[row.mark];
  const shownSign = row.mark === 'active' ? (SPINNER[tick % SPINNER.length] ?? sign) : sign;
  const mark = colour === undefined ? shownSign : paint(colour, shownSign);
  const label = padToWidth(cutToWidth(' '.repeat(row.level * 2) + row.label, labels), labels);
  const dull = row.mark === 'waiting' || row.mark === 'skipped';
  const shade = (text: string): Shown => (dull ? paint('dim', text) : text);
  // Stages have no notes: their details begin where those of the components do.
  const note = notes === 0 || row.level === 0 ? '' : `  ${padToWidth(cutToWidth(row.note, notes), notes)}`;
  const time = times === 0 ? '' : `  ${' '.repeat(times - displayWidth(row.time))}${row.time}`;
  const used = 2 + labels + displayWidth(note);
  const room = columns - used - 2 - displayWidth(time);
  const { beside, below } = placed(row, room, columns);
  const isLast = time.trim() === '';
  const end = isLast ? [shade(beside.trimEnd())] : [padTo(shade(beside), beside, room), paint('dim', time)];
  const isBare = isLast && beside === '';
  const start = isBare ? shade(note === '' ? label.trimEnd() : label) : shade(label);
  const first = TerminalText.join([
    mark,
    ' ',
    start,
    paint('dim', isBare ? note.trimEnd() : note),
    isBare ? '' : '  ',
    ...end,
  ]);
  const colourBelow: Colour = row.mark === 'failed' ? 'yellow' : 'dim';
  return [first, ...below.map((line) => shown`${indentOf(row)}${paint(colourBelow, line)}`)];
}

function indentOf({ level }: ShownRow): string {
  return ' '.repeat(4 + level * 2);
}

/** The detail beside the label where it fits or may be cut off; otherwise in lines of its own. */
function placed(
  row: ShownRow,
  room: number,
  columns: number,
): { readonly beside: string; readonly below: readonly string[] } {
  const { detail } = row;
  const isUrgent = row.mark === 'failed';
  const isCut = displayWidth(detail) > room;
  const goesBelow = isCut && row.mark !== 'done' && (isUrgent || room < MINIMUM_DETAIL_COLUMNS);
  if (!goesBelow) return { beside: room < 1 ? '' : cutToWidth(detail, room), below: [] };
  const width = columns - indentOf(row).length;
  const wrapped = wrapToWidth(detail, width);
  const below = wrapped.slice(0, isUrgent ? MAXIMUM_DETAIL_LINES : 1);
  const last = below.length - 1;
  if (wrapped.length > below.length) below[last] = cutToWidth(`${below[last] ?? ''} …`, width);
  return { beside: '', below };
}

function padTo(painted: Shown, plain: string, columns: number): TerminalText {
  return shown`${painted}${' '.repeat(Math.max(0, columns - displayWidth(plain)))}`;
}

/** Puts a row into the reader's words. */
export type RowWords = (row: StageRow) => Pick<ShownRow, 'label' | 'detail'>;
