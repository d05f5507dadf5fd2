import { printable, wrapToWidth } from './display-width.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** The streams of the process and what can be done with them: data goes to one, everything else to the other. */
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

  /** What was asked for, for people and programs. */
  print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  /** What was asked for, as it is. */
  write(text: string): void {
    process.stdout.write(text);
  }

  /** What people should know besides. */
  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** The same in lines that a terminal does not break within words. */
  tell(text: string): void {
    const { messageColumns: columns } = this;
    this.say(
      columns === undefined
        ? text
        : text
            .split('\n')
            .flatMap((line) => wrapToWidth(line, columns))
            .join('\n'),
    );
  }

  /** A text for standard error in a colour, where colours are wanted. */
  paint(colour: Colour, text: string): string {
    return this.#paint(process.stderr.isTTY, colour, text);
  }

  /** A text for standard output in a colour, where colours are wanted. */
  paintData(colour: Colour, text: string): string {
    return this.#paint(process.stdout.isTTY, colour, text);
  }

  #paint(isTerminal: boolean, colour: Colour, text: string): string {
    const { NO_COLOR: none = '', TERM: kind } = this.#environment;
    const isWanted = isTerminal && none === '' && kind !== 'dumb' && text !== '';
    return isWanted ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
  }

  /** Text of others, fit for a terminal. */
  safe(text: string): string {
    return printable(text);
  }
}
