/** Control characters, marks of direction and line ends of every sort become spaces. */
export function oneLine(text: string, maximum: number): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .trim();
  return line
    .slice(0, maximum)
    .replace(/\p{Cs}$/u, '')
    .trim(); // never half of a character
}
