import { setImmediate as nextTurn } from 'node:timers/promises';

/** A text up to this length is parsed at once. Characters. */
const SMALL_LENGTH = 128 * 1024;
/** Elements, members, arrays and objects that are parsed at once: their parser may take a microsecond for each. */
export const MAXIMUM_VALUES_AT_ONCE = 100_000;
/** After so many of them, other work has its turn. */
const VALUES_BETWEEN_TURNS = 20_000;

/** The text cannot be parsed in parts that are small enough. */
export class UnsliceableJson extends Error {}

/**
 * Parses a JSON text so that other work is not held up by a long one: of an object with `items`, as lists have them, each
 * item is parsed by itself.
 * @throws SyntaxError when it is no JSON, {@link UnsliceableJson} when a part has too many values
 */
export async function parseInSlices(text: string): Promise<unknown> {
  if (text.length <= SMALL_LENGTH) return JSON.parse(text) as unknown;
  const found = await itemsOf(text);
  if (found === undefined) return parseAtOnce(text);
  const { begin, end, ranges } = found;
  await nextTurn();
  const root = parseAtOnce(`${text.slice(0, begin)}[]${text.slice(end)}`) as { items: unknown[] };
  const items: unknown[] = [];
  let since = 0;
  for (const [from, to, values] of ranges) {
    if (values > MAXIMUM_VALUES_AT_ONCE) throw new UnsliceableJson();
    since += values + 1;
    if (since > VALUES_BETWEEN_TURNS) await nextTurn();
    if (since > VALUES_BETWEEN_TURNS) since = 0;
    items.push(JSON.parse(text.slice(from, to)));
  }
  root.items = items;
  return root;
}

function parseAtOnce(text: string): unknown {
  const scanner = new Scanner(text, 0);
  while (scanner.next());
  if (scanner.values > MAXIMUM_VALUES_AT_ONCE) throw new UnsliceableJson();
  return JSON.parse(text) as unknown;
}

interface Items {
  /** Of the array, with its brackets. */
  readonly begin: number;
  readonly end: number;
  /** Of each element: from, to, and how many values it has. */
  readonly ranges: readonly (readonly [from: number, to: number, values: number])[];
}

/** Characters that are looked at before other work has its turn. */
const CHARACTERS_BETWEEN_TURNS = 2 * 1024 * 1024;

/** Where the elements of `items` are, when the text is an object that has that once. */
async function itemsOf(text: string): Promise<Items | undefined> {
  const scanner = new Scanner(text, 0);
  const found: Items[] = [];
  let open: OpenItems | undefined;
  let turn = CHARACTERS_BETWEEN_TURNS;
  while (scanner.next()) {
    if (scanner.position > turn) {
      turn = scanner.position + CHARACTERS_BETWEEN_TURNS;
      await nextTurn();
    }
    if (open === undefined) {
      if (scanner.token === '[' && scanner.depth === 2 && isItemsAt(text, scanner.position))
        open = new OpenItems(text, scanner);
    } else if (open.takes(scanner)) {
      found.push(open.items);
      open = undefined;
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

/** The array `items`, element by element. */
class OpenItems {
  readonly #text: string;
  readonly #begin: number;
  readonly #ranges: [from: number, to: number, values: number][] = [];
  #from: number;
  #values: number;

  constructor(text: string, { position, values }: Scanner) {
    this.#text = text;
    this.#begin = position;
    this.#from = position + 1;
    this.#values = values;
  }

  /** @returns whether that was its end */
  takes({ token, depth, position, values }: Scanner): boolean {
    const isEnd = token === ']' && depth === 1;
    if (!isEnd && !(token === ',' && depth === 2)) return false;
    const isEmpty = isEnd && this.#ranges.length === 0 && this.#text.slice(this.#from, position).trim() === '';
    if (!isEmpty) this.#ranges.push([this.#from, position, values - this.#values]);
    this.#from = position + 1;
    this.#values = values;
    return isEnd;
  }

  get items(): Items {
    return { begin: this.#begin, end: this.#from, ranges: this.#ranges };
  }
}

/** Whether the array that begins here is the value of a member `items`. */
function isItemsAt(text: string, position: number): boolean {
  return /[{,]\s{0,16}"items"\s{0,16}:\s{0,16}$/.test(text.slice(Math.max(0, position - 64), position));
}

/** Goes from one structural character to the next. */
class Scanner {
  readonly #text: string;
  position: number;
  token = '';
  /** Arrays and objects that are open behind the character. */
  depth = 0;
  values = 0;

  constructor(text: string, position: number) {
    this.#text = text;
    this.position = position - 1;
  }

  next(): boolean {
    const text = this.#text;
    for (let at = this.position + 1; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x22) at = endOfString(text, at);
      else if (isStructural(code)) return this.#found(at, code);
    }
    return false;
  }

  #found(position: number, code: number): boolean {
    this.position = position;
    this.token = String.fromCharCode(code);
    if (code === 0x5b || code === 0x7b) this.depth += 1;
    if (code === 0x5d || code === 0x7d) this.depth -= 1;
    else this.values += 1;
    return true;
  }
}

/** `,`, `[`, `]`, `{` and `}` */
function isStructural(code: number): boolean {
  return code === 0x2c || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d;
}

/** The closing quotation mark of the string that begins here, or the end of the text. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length;
}
