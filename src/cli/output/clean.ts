/**
 * Characters that a terminal acts upon or that change how the text around them is read: C0 and C1 controls with the
 * escape character, line and paragraph separators, marks of direction, characters without a width, lone surrogates.
 * Variation selectors 15 and 16 stay: they choose between two forms of an emoji.
 */
const UNSAFE =
  /[\p{Control}\p{Surrogate}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

const PLAIN = /^[\x20-\x7e\u4e00-\u9fff]*$/;

/** The text in one line without {@link UNSAFE} characters: white space becomes a space, the others U+FFFD. */
export function cleanLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\r\n/g, '\n')
    .replace(UNSAFE, (character) => (/[\t\n\v\f\r\x85\u2028\u2029]/.test(character) ? ' ' : '\ufffd'));
}

/** The same of a text of several lines, each of which stays one. */
export function cleanLines(text: string): string {
  return text.split('\n').map(cleanLine).join('\n');
}

/** A value as JSON in which {@link UNSAFE} characters are escaped: the same value for every reader, safe to show. */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent) ?? 'null';
  return json.replace(UNSAFE, (character) => {
    if (character === '\n') return character;
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}
