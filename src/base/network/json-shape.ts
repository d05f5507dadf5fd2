/** How large the value of a JSON text may be: parsed, it takes 20 to 50 times the bytes of the text in the worst case. */
export interface JsonLimits {
  /** Arrays and objects inside each other. */
  readonly depth: number;
  /** Elements and members, and arrays and objects themselves. */
  readonly values: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Looks at a JSON text (UTF-8) without parsing it, in one pass and without memory of its own. Whether it is JSON at all
 * is for the parser to say.
 * @returns the limit that parsing it would exceed
 */
export function exceededJsonLimit(text: Uint8Array, { depth, values }: JsonLimits): keyof JsonLimits | undefined {
  let open = 0;
  let count = 0;
  for (let position = 0; position < text.length; position += 1) {
    const byte = text[position];
    if (byte === QUOTE) {
      position = endOfString(text, position);
    } else if (byte === COMMA) {
      count += 1;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      open += 1;
      count += 1;
      if (open > depth) return 'depth';
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      open -= 1;
    }
    if (count > values) return 'values';
  }
  return undefined;
}

/** Position of the quote that ends the string which begins at `start`; the end of the text when none does. */
function endOfString(text: Uint8Array, start: number): number {
  let end = start;
  do {
    end = text.indexOf(QUOTE, end + 1);
    if (end === -1) return text.length;
  } while (isEscaped(text, end, start));
  return end;
}

/** Whether an odd number of backslashes stands before the quote. */
function isEscaped(text: Uint8Array, quote: number, start: number): boolean {
  let first = quote;
  while (first - 1 > start && text[first - 1] === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}
