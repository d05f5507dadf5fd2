import { cleanLine, cleanLines } from './clean.ts';
import { wrapToWidth } from './display-width.ts';
import { type Colour, type Shown, TerminalText } from './terminal-text.ts';

/** One line, or several. */
export type Lines = Shown | readonly Shown[];

/**
 * The streams of the process and what can be done with them: data goes to one, everything else to the other. It is the
 * only place that writes to them. Text is cleaned here, and the only line ends are those between lines.
 */
export class Terminal {
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Text of messages is shown on a terminal, where it can be drawn anew and in colours. */
  get isLive(): boolean {
    return process.stderr.isTTY && this.#environment['TERM'] !== 'dumb';
  }

  /** People can be asked something. */
  get canAsk(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  get columns(): number {
    return process.stderr.columns ?? 80;
  }

  get rows(): number {
    return process.stderr.rows ?? 24;
  }

  /** Columns of the terminal that gets the data, `undefined` when it goes elsewhere. */
  get dataColumns(): number | undefined {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  }

  /** Columns of the terminal that gets the messages, `undefined` when they go elsewhere. */
  get messageColumns(): number | undefined {
    return process.stderr.isTTY ? process.stderr.columns : undefined;
  }

  /** What was asked for, in lines for people. */
  print(lines: Lines): void {
    process.stdout.write(written(lines));
  }

  /** What was asked for in a form for programs: on a terminal each line is cleaned, elsewhere it is written as it is. */
  data(text: string): void {
    process.stdout.write(process.stdout.isTTY ? cleanLines(text) : text);
  }

  /** A value within {@link data}: on a terminal it has no line ends of its own. */
  readonly value = (text: string): string => (process.stdout.isTTY ? cleanLine(text) : text);

  /** What people should know besides. */
  say(lines: Lines): void {
    process.stderr.write(written(lines));
  }

  /** The same in lines that a terminal does not break within words. */
  tell(lines: string | readonly string[]): void {
    this.say(this.wrapped(lines));
  }

  /** The text in lines that fit, beside something of that width; as it is where no terminal shows it. */
  wrapped(lines: string | readonly string[], used = 0): readonly string[] {
    const { messageColumns: columns } = this;
    const clean = listOf(lines).map(cleanLine);
    return columns === undefined ? clean : clean.flatMap((line) => wrapToWidth(line, columns - used));
  }

  /** Words before an answer, on the line where it is typed. */
  ask(question: string): void {
    process.stderr.write(`${cleanLine(question)} `);
  }

  /** Part of a live view, as it is. */
  draw(text: TerminalText): void {
    process.stderr.write(text.escaped);
  }

  /** Calls the listener when the window changes its size, until the function that it returns is called. */
  onResize(listener: () => void): () => void {
    process.stderr.on('resize', listener);
    return () => process.stderr.off('resize', listener);
  }

  /** What is to happen when the one or the other cannot be written, e.g. because its reader has ended. */
  onLost(stream: 'data' | 'messages', listener: (error: NodeJS.ErrnoException) => void): void {
    (stream === 'data' ? process.stdout : process.stderr).on('error', listener);
  }

  /** A text for standard error in a colour, where colours are wanted. */
  readonly paint = (colour: Colour, text: Shown): TerminalText => this.#paint(process.stderr.isTTY, colour, text);

  /** A text for standard output in a colour, where colours are wanted. */
  readonly paintData = (colour: Colour, text: Shown): TerminalText => this.#paint(process.stdout.isTTY, colour, text);

  #paint(isTerminal: boolean, colour: Colour, text: Shown): TerminalText {
    const { NO_COLOR: none = '', TERM: kind } = this.#environment;
    const safe = TerminalText.of(text);
    const isWanted = isTerminal && none === '' && kind !== 'dumb' && safe.width > 0;
    return isWanted ? TerminalText.painted(colour, safe) : safe;
  }
}

function listOf<T extends string | TerminalText>(lines: T | readonly T[]): readonly T[] {
  return typeof lines === 'string' || lines instanceof TerminalText ? [lines] : lines;
}

function written(lines: Lines): string {
  return listOf(lines)
    .map((line) => `${TerminalText.of(line).escaped}\n`)
    .join('');
}
