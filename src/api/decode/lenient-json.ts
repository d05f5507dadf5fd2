import { message, render, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { MAXIMUM_JSON_DEPTH } from './json-reader.ts';
import { beginsKubeconfig, indentationOf, matchAt, readPasted, unindentedKubeconfig } from './pasted-kubeconfig.ts';
import {
  type DecodedText,
  JsonSyntaxError,
  type Position,
  positionOf,
  scanLiteral,
  scanString,
  shorten,
  type Token,
  type TokenKind,
  type TokenSource,
  unknownChunk,
} from './json-text.ts';

/** A text that is neither JSON nor in the form that {@link readLenientJson} knows. */
export class LenientJsonError extends Error {
  readonly position: Position;
  /** What would have been possible there, e.g. `"," or "}"`. */
  readonly expected: Message;
  /** What stands there, bounded; empty at the end. */
  readonly found: string;

  constructor(position: Position, expected: Message, found: string) {
    super(`line ${position.line}, column ${position.column}: ${render(expected, 'en')} expected`);
    this.name = 'LenientJsonError';
    this.position = position;
    this.expected = expected;
    this.found = found;
  }
}

/** The tokens of the text as if it were JSON, and what was taken leniently. */
export interface LenientJson extends TokenSource {
  readonly warnings: readonly Message[];
}

/**
 * Reads an object in the form in which the user guide of the original prints request bodies. It is JSON, except that
 * - a comment goes from `#` to the end of the line,
 * - a comma may be missing between members that stand in different lines,
 * - a comma may follow the last member or item,
 * - the value of a member may be a YAML block: `|`, then lines indented deeper than the member's,
 * - a value may be a word without quotes, as when a placeholder was replaced,
 * - a kubeconfig may be pasted as it is: up to the next line that begins with a closing brace or a double quote.
 * @throws LenientJsonError
 */
export function readLenientJson(source: DecodedText): LenientJson {
  const parser = new Parser(source);
  parser.document();
  return new Tokens(source.text, parser.tokens, parser.warnings());
}

class Tokens implements LenientJson {
  readonly warnings: readonly Message[];
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, tokens: readonly Token[], warnings: readonly Message[]) {
    this.#text = text;
    this.#tokens = tokens;
    this.warnings = warnings;
  }

  read(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', start: this.#text.length, end: this.#text.length, text: '' };
  }

  raw(token: Token): string {
    return shorten(this.#text.slice(token.start, token.end));
  }

  position(index: number): Position {
    return positionOf(this.#text, index);
  }
}

type Liberty = 'comment' | 'missing comma' | 'trailing comma' | 'block' | 'bare' | 'pasted';

const LIBERTIES: Readonly<Record<Liberty, Message>> = {
  comment: message('notJson.comment'),
  'missing comma': message('notJson.missingComma'),
  'trailing comma': message('notJson.trailingComma'),
  block: message('notJson.block'),
  bare: message('notJson.bare'),
  pasted: message('notJson.pasted'),
};

/** A value without quotes: one word. */
const BARE_WORD = /[^\s,"'{}[\]|#]+/y;

class Parser {
  readonly tokens: Token[] = [];
  readonly #source: DecodedText;
  readonly #text: string;
  readonly #liberties = new Map<Liberty, number>();
  #index = 0;
  /** Where the line of the index begins. A line ends only where {@link #skip} passes: strings end in theirs. */
  #lineStart = 0;
  #depth = 0;

  constructor(source: DecodedText) {
    this.#source = source;
    this.#text = source.text;
  }

  document(): void {
    this.#skip();
    this.#object();
    this.#skip();
    if (this.#index < this.#text.length) this.#fail(message('Expected.end'));
  }

  warnings(): readonly Message[] {
    return [...this.#liberties].map(([liberty, index]) =>
      message('Warning.notJson', { what: LIBERTIES[liberty], line: positionOf(this.#text, index).line }),
    );
  }

  #object(): void {
    this.#open('{', 'objectOpen');
    let first = true;
    for (;;) {
      const separated = this.#separator(first, '}');
      if (this.#text[this.#index] === '}') break;
      if (!separated) this.#fail(message('Expected.either', { one: '","', other: '"}"' }));
      this.#member();
      first = false;
    }
    this.#close('objectClose');
  }

  #array(): void {
    this.#open('[', 'arrayOpen');
    let first = true;
    for (;;) {
      const separated = this.#separator(first, ']');
      if (this.#text[this.#index] === ']') break;
      if (!separated || (!first && this.#missing)) this.#fail(message('Expected.either', { one: '","', other: '"]"' }));
      this.#value();
      first = false;
    }
    this.#close('arrayClose');
  }

  #missing = false;

  /** Skips what stands between members; true when another may follow. */
  #separator(first: boolean, closer: string): boolean {
    this.#missing = false;
    const newline = this.#skip();
    if (first) return true;
    const index = this.#index;
    if (this.#text[index] === ',') {
      this.#index += 1;
      this.#skip();
      if (this.#text[this.#index] === closer) this.#take('trailing comma', index);
      return true;
    }
    if (this.#text[index] === closer || !newline) return false;
    this.#missing = true;
    if (this.#text[index] === '"') this.#take('missing comma', index);
    return true;
  }

  #member(): void {
    if (this.#text[this.#index] !== '"') this.#fail(message('Expected.name', { closing: '"}"' }));
    const lineStart = this.#lineStart;
    const nameStart = this.#index;
    this.#string('name');
    this.#skip();
    if (this.#text[this.#index] !== ':') this.#fail(verbatim('":"'));
    this.#index += 1;
    this.#skip();
    // Only for a block: what stands before the members of one long line adds up to the square of its length.
    if (this.#text[this.#index] === '|') this.#block(indentationOf(this.#text.slice(lineStart, nameStart)));
    else if (beginsKubeconfig(this.#text, this.#index)) this.#pasted();
    else this.#value();
  }

  #value(): void {
    const character = this.#text[this.#index];
    if (character === '{') return this.#object();
    if (character === '[') return this.#array();
    if (character === '"') return this.#string('string');
    const literal = scanLiteral(this.#text, this.#index);
    if (literal === undefined) this.#bare();
    else this.#push(literal.kind, literal.end);
  }

  #bare(): void {
    const word = matchAt(BARE_WORD, this.#text, this.#index);
    if (word === undefined) this.#fail(message('Expected.value'));
    else if (word.startsWith('$')) this.#fail(message('Expected.replaced', { placeholder: shorten(word) }));
    else {
      const end = this.#index + word.length;
      if (this.#source.invalidAt < end) this.#fail(verbatim('UTF-8'));
      this.#take('bare', this.#index);
      this.#push('string', end, word);
    }
  }

  /**
   * A kubeconfig, whose lines lose their common indentation.
   * @param from index of its first line; absent where it begins at our index, which may be behind the name
   */
  #pasted(from?: number): void {
    const isBehindName = from === undefined && this.#text.slice(this.#lineStart, this.#index).trim() !== '';
    const start = from ?? (isBehindName ? this.#index : this.#lineStart);
    const { value, end } = readPasted(this.#text, start, isBehindName);
    if (this.#source.invalidAt < end) this.#fail(verbatim('UTF-8'));
    this.#take('pasted', this.#index);
    this.#push('string', end, value);
    this.#index = end === this.#text.length ? end : end - 1; // the line's end separates the next member
  }

  /** A literal block as in YAML: the lines that are indented deeper than the member, without the common indentation. */
  #block(memberIndentation: number): void {
    const start = this.#index;
    const head = /\|[-+]?[ \t]*\r?(?:\n|$)/y;
    head.lastIndex = start;
    const match = head.exec(this.#text);
    if (match === null) this.#fail(message('Expected.lineEnd'));
    let end = start + (match?.[0].length ?? 0);
    if (this.#source.invalidAt < end) this.#fail(verbatim('UTF-8'));
    const pasted = unindentedKubeconfig(this.#text, end, memberIndentation);
    if (pasted !== undefined) return this.#pasted(pasted);
    const lines: string[] = [];
    let indentation: number | undefined;
    while (end < this.#text.length) {
      const newline = this.#text.indexOf('\n', end);
      const next = newline === -1 ? this.#text.length : newline + 1;
      const line = this.#text.slice(end, next).replace(/\r?\n$/, '');
      if (line.trim() !== '') {
        indentation ??= indentationOf(line);
        if (indentationOf(line) < indentation || indentation <= memberIndentation) break;
      }
      lines.push(line.slice(indentation ?? line.length));
      end = next;
    }
    if (lines.every((line) => line === '')) this.#fail(message('Expected.indented'));
    if (this.#source.invalidAt < end) this.#fail(verbatim('UTF-8'));
    this.#take('block', start);
    this.#push('string', end, `${lines.join('\n').trimEnd()}\n`);
    this.#index = end - 1; // the line's end separates the next member
  }

  #string(kind: 'string' | 'name'): void {
    try {
      const { end, value } = scanString(this.#source, this.#index);
      this.#push(kind, end, value);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#fail(message('Expected.string'));
    }
  }

  #open(character: string, kind: 'objectOpen' | 'arrayOpen'): void {
    if (this.#text[this.#index] !== character) this.#fail(verbatim(`"${character}"`));
    this.#depth += 1;
    if (this.#depth > MAXIMUM_JSON_DEPTH) this.#fail(message('Expected.depth', { maximum: MAXIMUM_JSON_DEPTH }));
    this.#push(kind, this.#index + 1);
  }

  #close(kind: 'objectClose' | 'arrayClose'): void {
    this.#depth -= 1;
    this.#push(kind, this.#index + 1);
  }

  #push(kind: TokenKind, end: number, text = ''): void {
    this.tokens.push({ kind, start: this.#index, end, text });
    this.#index = end;
  }

  /** Passes over blanks and comments; true when a line ended in between. */
  #skip(): boolean {
    let newline = false;
    for (;;) {
      const character = this.#text[this.#index];
      if (character === '#') {
        this.#take('comment', this.#index);
        const end = this.#text.indexOf('\n', this.#index);
        const stop = end === -1 ? this.#text.length : end;
        if (this.#source.invalidAt < stop) this.#fail(verbatim('UTF-8'));
        this.#index = stop;
      } else if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
        this.#index += 1;
        if (character !== '\n') continue;
        newline = true;
        this.#lineStart = this.#index;
      } else return newline;
    }
  }

  #take(liberty: Liberty, index: number): void {
    if (!this.#liberties.has(liberty)) this.#liberties.set(liberty, index);
  }

  #fail(expected: Message): never {
    throw new LenientJsonError(positionOf(this.#text, this.#index), expected, unknownChunk(this.#text, this.#index));
  }
}
