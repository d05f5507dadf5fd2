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

/** Objects and arrays within each other in a request body; a cluster needs 5. */
export const MAXIMUM_JSON_DEPTH = 64;

/** Names, values and brackets of a request body; a cluster needs 200. */
export const MAXIMUM_JSON_TOKENS = 20_000;

/** What came before the next token; `comma` is not a token that readers see. */
type Previous = TokenKind | 'comma' | 'nothing';

const BLANKS = /[ \n\r\t]+/y;

const CLOSERS = { objectOpen: 'objectClose', arrayOpen: 'arrayClose' } as const;

/**
 * Reads a JSON text (RFC 8259) token by token. It differs from `JSON.parse` in that repeated names can be seen and
 * that errors have a line and column, in the words of protobuf-go's decoder, which answered clients of the original.
 */
export class JsonReader implements TokenSource {
  readonly #source: DecodedText;
  readonly #open: ('objectOpen' | 'arrayOpen')[] = [];
  #index = 0;
  #tokens = 0;
  #previous: Previous = 'nothing';
  #peeked: Token | undefined;

  constructor(source: DecodedText) {
    this.#source = source;
  }

  /** @throws JsonSyntaxError */
  read(): Token {
    const peeked = this.#peeked;
    if (peeked !== undefined) {
      this.#peeked = undefined;
      return peeked;
    }
    return this.#next();
  }

  peek(): Token {
    this.#peeked ??= this.#next();
    return this.#peeked;
  }

  raw(token: Token): string {
    return shorten(this.#source.text.slice(token.start, token.end));
  }

  position(index: number): Position {
    return positionOf(this.#source.text, index);
  }

  #next(): Token {
    let token = this.#scan();
    while (token === 'comma') token = this.#scan();
    return token;
  }

  /** One token in its place of the grammar. */
  #scan(): Token | 'comma' {
    this.#skipBlanks();
    const { text } = this.#source;
    const start = this.#index;
    switch (text[start]) {
      case undefined:
        if (this.#open.length > 0) throw new JsonSyntaxError('unexpected EOF');
        return this.#take('end', start);
      case '{':
        return this.#openNested('objectOpen');
      case '[':
        return this.#openNested('arrayOpen');
      case '}':
        return this.#close('objectOpen');
      case ']':
        return this.#close('arrayOpen');
      case ',':
        return this.#comma();
      case '"':
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #skipBlanks(): void {
    BLANKS.lastIndex = this.#index;
    if (BLANKS.test(this.#source.text)) this.#index = BLANKS.lastIndex;
  }

  #take(kind: TokenKind, end: number, value = ''): Token {
    this.#tokens += 1;
    if (this.#tokens > MAXIMUM_JSON_TOKENS)
      this.#fail(this.#index, `more than ${MAXIMUM_JSON_TOKENS} names and values`);
    const token = { kind, start: this.#index, end, text: value };
    this.#index = end;
    this.#previous = kind;
    return token;
  }

  #openNested(kind: 'objectOpen' | 'arrayOpen'): Token {
    this.#expectValue(this.#index + 1);
    if (this.#open.length === MAXIMUM_JSON_DEPTH) this.#fail(this.#index, 'exceeded max recursion depth');
    this.#open.push(kind);
    return this.#take(kind, this.#index + 1);
  }

  #close(opener: 'objectOpen' | 'arrayOpen'): Token {
    // Directly after a name it is let through: whoever wants a value there refuses it, with a better message.
    if (this.#open.at(-1) !== opener || this.#previous === 'comma') this.#unexpected(this.#index + 1);
    this.#open.pop();
    return this.#take(CLOSERS[opener], this.#index + 1);
  }

  #comma(): 'comma' {
    if (this.#open.length === 0 || !this.#afterValue()) this.#unexpected(this.#index + 1);
    this.#index += 1;
    this.#previous = 'comma';
    return 'comma';
  }

  #string(): Token {
    const { text } = this.#source;
    const { end, value } = scanString(this.#source, this.#index);
    if (this.#valueIsNext()) return this.#take('string', end, value);
    if (this.#previous !== 'objectOpen' && this.#previous !== 'comma') this.#unexpected(end);
    const token = this.#take('name', end, value);
    this.#skipBlanks();
    const colon = text[this.#index];
    if (colon === undefined) throw new JsonSyntaxError('unexpected EOF');
    if (colon !== ':') {
      const shown = Buffer.from(colon).toString('latin1', 0, 1); // one byte, as clients of the original saw it
      this.#fail(this.#index, `unexpected character ${shown}, missing ":" after field name`);
    }
    this.#index += 1;
    return token;
  }

  #literal(): Token {
    const { text } = this.#source;
    const literal = scanLiteral(text, this.#index);
    if (literal === undefined) return this.#fail(this.#index, `invalid value ${unknownChunk(text, this.#index)}`);
    this.#expectValue(literal.end);
    return this.#take(literal.kind, literal.end);
  }

  #valueIsNext(): boolean {
    const container = this.#open.at(-1);
    if (container === undefined) return this.#previous === 'nothing';
    if (container === 'objectOpen') return this.#previous === 'name';
    return this.#previous === 'arrayOpen' || this.#previous === 'comma';
  }

  #afterValue(): boolean {
    return !['nothing', 'comma', 'name', 'objectOpen', 'arrayOpen'].includes(this.#previous);
  }

  #expectValue(end: number): void {
    if (!this.#valueIsNext()) this.#unexpected(end);
  }

  #unexpected(end: number): never {
    return this.#fail(this.#index, `unexpected token ${shorten(this.#source.text.slice(this.#index, end))}`);
  }

  #fail(index: number, problem: string): never {
    throw new JsonSyntaxError(problem, this.position(index));
  }
}
