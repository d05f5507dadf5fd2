/** Scanning of JSON texts: what the strict and the lenient reader have in common. Positions are indexes of the text. */

export type TokenKind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'string'
  | 'name'
  | 'objectOpen'
  | 'objectClose'
  | 'arrayOpen'
  | 'arrayClose'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Value of a `string` or `name`, empty otherwise. */
  readonly text: string;
}

/** Where the decoder of messages takes its tokens from. */
export interface TokenSource {
  read(): Token;
  peek(): Token;
  /** The token as it was written. */
  raw(token: Token): string;
  position(index: number): Position;
}

/** 1-based; columns count code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that breaks the grammar. The message has the form of protobuf-go's JSON decoder, which clients know. */
export class JsonSyntaxError extends Error {
  /** Absent at the end of the text. */
  readonly position: Position | undefined;

  constructor(problem: string, position?: Position) {
    super(position === undefined ? problem : `syntax error (line ${position.line}:${position.column}): ${problem}`);
    this.name = 'JsonSyntaxError';
    this.position = position;
  }
}

/** A request body as text, and the index of its first character that is not UTF-8 (`Infinity` when all is). */
export interface DecodedText {
  readonly text: string;
  readonly invalidAt: number;
}

/** Bytes that are no UTF-8 become U+FFFD; a byte order mark stays. */
export function decodeText(bytes: Buffer): DecodedText {
  const text = bytes.toString('utf8');
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.equals(bytes)) return { text, invalidAt: Number.POSITIVE_INFINITY };
  let index = 0;
  while (encoded[index] === bytes[index]) index += 1;
  while (((encoded[index] ?? 0) & 0xc0) === 0x80) index -= 1; // back to the beginning of the replaced character
  return { text, invalidAt: encoded.toString('utf8', 0, index).length };
}

export function positionOf(text: string, index: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let newline = text.indexOf('\n'); newline !== -1 && newline < index; newline = text.indexOf('\n', lineStart)) {
    line += 1;
    lineStart = newline + 1;
  }
  let column = 1;
  for (const _ of text.slice(lineStart, index)) column += 1;
  return { line, column };
}

/** Longest piece of a body that an error repeats. */
const MAXIMUM_QUOTED = 128;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const WORD_CHARACTER = /[-+._a-zA-Z0-9]/;
/** What an error shows of text that begins no token. */
const UNKNOWN_CHUNK = /[-+._a-zA-Z0-9]{1,32}|./suy;

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && WORD_CHARACTER.test(character);
}

/** The number, boolean or `null` at the index. */
export function scanLiteral(
  text: string,
  index: number,
): { readonly kind: 'null' | 'boolean' | 'number'; readonly end: number } | undefined {
  for (const word of ['true', 'false', 'null']) {
    const end = index + word.length;
    if (text.startsWith(word, index) && !isWordCharacter(text[end])) {
      return { kind: word === 'null' ? 'null' : 'boolean', end };
    }
  }
  NUMBER.lastIndex = index;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const end = index + match[0].length;
  return isWordCharacter(text[end]) ? undefined : { kind: 'number', end };
}

/** A piece of the body as errors repeat it: bounded. */
export function shorten(text: string): string {
  return text.length > MAXIMUM_QUOTED ? `${text.slice(0, MAXIMUM_QUOTED)}…` : text;
}

export function unknownChunk(text: string, index: number): string {
  UNKNOWN_CHUNK.lastIndex = index;
  return UNKNOWN_CHUNK.exec(text)?.[0] ?? '';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Scans the string that begins at the index (a double quote). @throws JsonSyntaxError with its position */
export function scanString(source: DecodedText, start: number): { readonly end: number; readonly value: string } {
  const { text } = source;
  const fail = (problem: string): never => {
    throw new JsonSyntaxError(problem, positionOf(text, start));
  };
  const whole = wholeString(source, start);
  if (whole !== undefined) return whole;
  let value = '';
  let index = start + 1;
  for (;;) {
    const chunkEnd = endOfPlainText(text, index);
    if (source.invalidAt < chunkEnd) fail('invalid UTF-8 in string');
    value += text.slice(index, chunkEnd);
    index = chunkEnd;
    const character = text[index];
    if (character === undefined) throw new JsonSyntaxError('unexpected EOF');
    if (character === '"') return { end: index + 1, value };
    if (character !== '\\') fail(`invalid character ${quoteCharacter(character)} in string`);
    const escaped = scanEscape(text, index);
    if (escaped === 'end') throw new JsonSyntaxError('unexpected EOF');
    if (escaped.value === undefined)
      return fail(`invalid escape code ${quote(text.slice(escaped.start, escaped.end))} in string`);
    value += escaped.value;
    index = escaped.end;
  }
}

/** The string, if there is nothing wrong with it: many escapes take a fraction of the time that reading each of them takes. */
function wholeString(
  { text, invalidAt }: DecodedText,
  start: number,
): { readonly end: number; readonly value: string } | undefined {
  const end = endOfString(text, start);
  if (end === 0 || invalidAt < end) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    return typeof value === 'string' && value.isWellFormed() ? { end, value } : undefined;
  } catch {
    return undefined; // what is wrong is found below
  }
}

/** After the quote that ends the string, whatever is in it; 0 when none does. */
function endOfString(text: string, start: number): number {
  for (let quoteAt = text.indexOf('"', start + 1); quoteAt !== -1; quoteAt = text.indexOf('"', quoteAt + 1)) {
    let first = quoteAt;
    while (first - 1 > start && text[first - 1] === '\\') first -= 1;
    if ((quoteAt - first) % 2 === 0) return quoteAt + 1;
  }
  return 0;
}

/** Index of the next quote, backslash or control character. */
function endOfPlainText(text: string, start: number): number {
  let index = start;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x22 || code === 0x5c) return index;
  }
  return index;
}

interface Escape {
  /** Where the part begins that an error quotes. */
  readonly start: number;
  readonly end: number;
  /** Absent when it is none that JSON knows. */
  readonly value?: string;
}

function scanEscape(text: string, start: number): Escape | 'end' {
  const letter = text[start + 1];
  if (letter === undefined) return 'end';
  if (letter !== 'u') {
    const value = ESCAPES[letter];
    return value === undefined ? { start, end: start + 2 } : { start, end: start + 2, value };
  }
  const high = hexadecimal(text, start + 2);
  if (high === 'end') return 'end';
  const end = start + 6;
  if (high === undefined) return { start, end };
  if (high < 0xd800 || high > 0xdfff) return { start, end, value: String.fromCharCode(high) };
  const low = hexadecimal(text, end + 2);
  if (low === 'end') return 'end';
  const pair = text.startsWith('\\u', end) && high < 0xdc00 && low !== undefined && low >= 0xdc00 && low <= 0xdfff;
  return pair ? { start, end: end + 6, value: String.fromCharCode(high, low) } : { start: end, end: end + 6 };
}

function hexadecimal(text: string, start: number): number | undefined | 'end' {
  const digits = text.slice(start, start + 4);
  if (digits.length < 4) return 'end';
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

const CONTROL_NAMES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escapeControl(character: string): string {
  return CONTROL_NAMES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function quoteCharacter(character: string): string {
  return `'${escapeControl(character)}'`;
}

/** The text as a Go string literal. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\p{Cc}/gu, escapeControl)}"`;
}
