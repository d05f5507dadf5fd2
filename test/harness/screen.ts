import { displayWidth } from '../../src/cli/output/display-width.ts';

export interface Cell {
  readonly text: string;
  /** Columns: 2 for a Chinese character, 0 for the second half of one. */
  readonly width: number;
  readonly style: Style;
}

export interface Style {
  readonly bold?: true;
  readonly dim?: true;
  /** 31 red, 32 green, 33 yellow, 36 cyan. */
  readonly colour?: number;
}

interface Line {
  cells: Cell[];
  /** The line continues in the next one because the terminal was too narrow. */
  isWrapped: boolean;
}

const PLAIN: Style = {};
const BLANK: Cell = { text: ' ', width: 1, style: PLAIN };

/**
 * What a terminal shows: as much of ECMA-48 as our output uses, with lines that are wrapped anew when the window changes
 * its width, as most terminals do. Anything else in the output is an error, so that nothing slips in unseen.
 */
export class Screen {
  columns: number;
  rows: number;
  isCursorShown = true;
  #lines: Line[] = [newLine()];
  #row = 0;
  #column = 0;
  #style: Style = PLAIN;
  #rest = '';
  readonly #segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Everything that was ever shown, line by line. */
  get text(): string {
    return this.#lines.map(textOf).join('\n').trimEnd();
  }

  /** What is in the window now. */
  get visible(): readonly (readonly Cell[])[] {
    return this.#lines.slice(this.#top).map(({ cells }) => cells);
  }

  get visibleText(): string {
    return this.#lines.slice(this.#top).map(textOf).join('\n');
  }

  write(output: string): void {
    // oxlint-disable-next-line no-control-regex
    const parts = (this.#rest + output).split(/(\x1b\[[?0-9;]*[A-Za-z]|[\r\n\b\x07])/);
    this.#rest = '';
    const last = parts.at(-1) ?? '';
    const cut = last.indexOf('\x1b');
    if (cut >= 0) {
      this.#rest = last.slice(cut);
      parts[parts.length - 1] = last.slice(0, cut);
    }
    for (const part of parts) this.#take(part);
  }

  resize(columns: number, rows: number): void {
    const joined: { cells: Cell[]; cursor: number | undefined }[] = [];
    let isContinued = false;
    for (const [index, line] of this.#lines.entries()) {
      const target = isContinued ? joined.at(-1) : undefined;
      const entry = target ?? { cells: [], cursor: undefined };
      if (target === undefined) joined.push(entry);
      if (index === this.#row) entry.cursor = entry.cells.length + this.#column;
      entry.cells.push(...line.cells);
      isContinued = line.isWrapped;
    }
    this.columns = columns;
    this.rows = rows;
    this.#lines = [];
    for (const { cells, cursor } of joined) {
      const first = this.#lines.length;
      const count = Math.max(1, Math.ceil(cells.length / columns));
      for (let part = 0; part < count; part += 1) {
        const some = cells.slice(part * columns, (part + 1) * columns);
        this.#lines.push({ cells: some, isWrapped: part < count - 1 });
      }
      if (cursor === undefined) continue;
      this.#row = first + Math.min(count - 1, Math.floor(cursor / columns));
      this.#column = Math.min(cursor - (this.#row - first) * columns, columns - 1);
    }
  }

  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  #take(part: string): void {
    if (part === '') return;
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#feed();
    else if (part === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (part.startsWith('\x1b[')) this.#control(part.slice(2, -1), part.slice(-1));
    else if (part !== '\x07') for (const { segment } of this.#segmenter.segment(part)) this.#put(segment);
  }

  #control(parameters: string, final: string): void {
    const count = Number(parameters || '1');
    if (final === 'm') this.#setStyle(parameters);
    else if (final === 'A') this.#row = Math.max(this.#top, this.#row - count);
    else if (final === 'K') this.#line.cells.length = Math.min(this.#line.cells.length, this.#column);
    else if (final === 'J') {
      this.#line.cells.length = Math.min(this.#line.cells.length, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (final === 'h' || final === 'l') {
      if (parameters === '?25') this.isCursorShown = final === 'h';
      else if (parameters !== '?2026') throw new Error(`unknown mode ${parameters}`);
    } else throw new Error(`unknown control sequence ${parameters}${final}`);
  }

  #setStyle(parameters: string): void {
    const code = Number(parameters || '0');
    if (code === 0) this.#style = PLAIN;
    else if (code === 1) this.#style = { ...this.#style, bold: true };
    else if (code === 2) this.#style = { ...this.#style, dim: true };
    else this.#style = { ...this.#style, colour: code };
  }

  get #line(): Line {
    const line = this.#lines[this.#row];
    if (line === undefined) throw new Error('the cursor is outside of the screen');
    return line;
  }

  #put(text: string): void {
    const width = displayWidth(text);
    if (width === 0) return;
    if (this.#column + width > this.columns) {
      this.#line.isWrapped = true;
      this.#feed();
      this.#column = 0;
    }
    const { cells } = this.#line;
    while (cells.length < this.#column) cells.push(BLANK);
    cells[this.#column] = { text, width, style: this.#style };
    if (width === 2) cells[this.#column + 1] = { text: '', width: 0, style: this.#style };
    this.#column += width;
  }

  #feed(): void {
    this.#row += 1;
    if (this.#row === this.#lines.length) this.#lines.push(newLine());
  }
}

function newLine(): Line {
  return { cells: [], isWrapped: false };
}

function textOf({ cells }: Line): string {
  return cells
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}
