import { displayWidth, withoutColours } from '../output/display-width.ts';

/** What of a terminal a live view needs: standard error, or a stand-in in tests. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
/** Terminals that know it show what is between the two at once; the others ignore it. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';
const CLEAR_TO_END_OF_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/**
 * Some lines at the bottom of a terminal that are drawn over by each frame, in one write and without clearing what
 * stays, so that nothing flickers. The last frame stays when the view ends.
 */
export class LiveView {
  readonly #screen: Screen;
  #drawn: readonly string[] = [];
  /** Columns of the terminal when the lines were drawn. */
  #drawnColumns = 0;
  #isOpen = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  draw(lines: readonly string[]): void {
    const { columns } = this.#screen;
    if (this.#isOpen && columns === this.#drawnColumns && sameLines(lines, this.#drawn)) return;
    const prefix = this.#isOpen ? '' : HIDE_CURSOR;
    const body = lines.map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('');
    this.#screen.write(`${BEGIN_UPDATE}${prefix}${this.#toTop(columns)}${body}${CLEAR_BELOW}${END_UPDATE}`);
    this.#isOpen = true;
    this.#drawn = lines;
    this.#drawnColumns = columns;
  }

  /** Text above the lines; it scrolls away with what was there before. */
  say(text: string): void {
    const { columns } = this.#screen;
    const body = this.#drawn.map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('');
    this.#screen.write(`${BEGIN_UPDATE}${this.#toTop(columns)}${CLEAR_BELOW}${text}\n${body}${END_UPDATE}`);
    this.#drawnColumns = columns;
  }

  /** Leaves the terminal as it should be, with the last frame on it. Doing so twice is fine. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#drawn = [];
    this.#screen.write(SHOW_CURSOR);
  }

  /** To the first column of the first line. Most terminals wrap lines anew when they become narrower. */
  #toTop(columns: number): string {
    const isNarrower = columns < this.#drawnColumns;
    const height = this.#drawn.reduce((sum, line) => sum + (isNarrower ? rowsOf(line, columns) : 1), 0);
    return height === 0 ? '\r' : `\r\x1b[${height}A`;
  }
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(withoutColours(line)) / Math.max(1, columns)));
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
