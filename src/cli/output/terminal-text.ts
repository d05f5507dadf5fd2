import { cleanLine } from './clean.ts';
import { displayWidth } from './display-width.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** The control sequences that a live view needs, by what they do (ECMA-48, and DEC private modes). */
const SEQUENCES = {
  hideCursor: '\x1b[?25l',
  showCursor: '\x1b[?25h',
  /** Terminals that know it show what is between the two at once; the others ignore it. */
  beginUpdate: '\x1b[?2026h',
  endUpdate: '\x1b[?2026l',
  clearToEndOfLine: '\x1b[K',
  clearBelow: '\x1b[J',
  toFirstColumn: '\r',
  lineEnd: '\n',
} as const;

/** A plain string is cleaned to one line when it is shown; a {@link TerminalText} was made safe part by part. */
export type Shown = string | TerminalText;

/**
 * Text whose control characters are all of this program: strings enter it through {@link cleanLine} only. Within a
 * template literal use {@link shown}; anything else makes a string of it, which is cleaned once more when it is written.
 */
export class TerminalText {
  readonly #text: string;
  /** Columns that it takes. */
  readonly width: number;

  private constructor(text: string, width: number) {
    this.#text = text;
    this.width = width;
  }

  static of(text: Shown): TerminalText {
    if (text instanceof TerminalText) return text;
    const clean = cleanLine(text);
    return new TerminalText(clean, displayWidth(clean));
  }

  static painted(colour: Colour, text: Shown): TerminalText {
    const { width, escaped } = TerminalText.of(text);
    return new TerminalText(`\x1b[${CODES[colour]}m${escaped}\x1b[0m`, width);
  }

  static join(parts: readonly Shown[], separator: Shown = ''): TerminalText {
    const texts = parts.map((part) => TerminalText.of(part));
    const between = TerminalText.of(separator);
    const widths = texts.reduce((sum, { width }) => sum + width, Math.max(0, texts.length - 1) * between.width);
    return new TerminalText(texts.map(({ escaped }) => escaped).join(between.escaped), widths);
  }

  static control(name: keyof typeof SEQUENCES): TerminalText {
    return new TerminalText(SEQUENCES[name], 0);
  }

  /** To the first column of the line that is so many above. */
  static upBy(lines: number): TerminalText {
    return new TerminalText(lines === 0 ? '\r' : `\r\x1b[${Math.trunc(lines)}A`, 0);
  }

  /** As it is written to a terminal. */
  get escaped(): string {
    return this.#text;
  }

  toString(): string {
    return this.#text;
  }
}

/** A template literal as text for a terminal: what is put into it is cleaned, unless it is such a text already. */
export function shown(strings: TemplateStringsArray, ...values: readonly Shown[]): TerminalText {
  return TerminalText.join(strings.flatMap((text, index) => [text, values[index] ?? '']));
}
