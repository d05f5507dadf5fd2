import { type Shown, TerminalText } from '../output/terminal-text.ts';

/** What of a terminal a live view needs: standard error, or a stand-in in tests. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly write: (text: TerminalText) => void;
}

const control = (name: Parameters<typeof TerminalText.control>[0]): TerminalText => TerminalText.control(name);

/**
 * Some lines at the bottom of a terminal that are drawn over by each frame, in one write and without clearing what
 * stays, so that nothing flickers. The last frame stays when the view ends.
 */
export class LiveView {
  readonly #screen: Screen;
  #drawn: readonly TerminalText[] = [];
  /** Columns of the terminal when the lines were drawn. */
  #drawnColumns = 0;
  #isOpen = false;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  draw(given: readonly Shown[]): void {
    const lines = given.map((line) => TerminalText.of(line));
    const { columns } = this.#screen;
    if (this.#isOpen && columns === this.#drawnColumns && sameLines(lines, this.#drawn)) return;
    const prefix = this.#isOpen ? '' : control('hideCursor');
    this.#update([prefix, this.#toTop(columns), ...lines.flatMap(fullLine), control('clearBelow')]);
    this.#isOpen = true;
    this.#drawn = lines;
    this.#drawnColumns = columns;
  }

  /** Text above the lines; it scrolls away with what was there before. */
  say(text: readonly Shown[]): void {
    const { columns } = this.#screen;
    const said = text.flatMap((line) => [line, control('lineEnd')]);
    this.#update([this.#toTop(columns), control('clearBelow'), ...said, ...this.#drawn.flatMap(fullLine)]);
    this.#drawnColumns = columns;
  }

  /** Leaves the terminal as it should be, with the last frame on it. Doing so twice is fine. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#drawn = [];
    this.#screen.write(control('showCursor'));
  }

  #update(parts: readonly Shown[]): void {
    this.#screen.write(TerminalText.join([control('beginUpdate'), ...parts, control('endUpdate')]));
  }

  /** To the first column of the first line. Most terminals wrap lines anew when they become narrower. */
  #toTop(columns: number): TerminalText {
    const isNarrower = columns < this.#drawnColumns;
    const height = this.#drawn.reduce((sum, line) => sum + (isNarrower ? rowsOf(line, columns) : 1), 0);
    return TerminalText.upBy(height);
  }
}

function fullLine(line: TerminalText): readonly TerminalText[] {
  return [line, control('clearToEndOfLine'), control('lineEnd')];
}

function rowsOf({ width }: TerminalText, columns: number): number {
  return Math.max(1, Math.ceil(width / Math.max(1, columns)));
}

function sameLines(left: readonly TerminalText[], right: readonly TerminalText[]): boolean {
  return left.length === right.length && left.every(({ escaped }, index) => escaped === right[index]?.escaped);
}
