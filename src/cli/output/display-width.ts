import { eastAsianWidth } from 'get-east-asian-width';

/** What makes several code points one character, or is none that can be seen. */
const JOINED = /[\p{Mark}\p{Control}\p{Default_Ignorable_Code_Point}\p{Emoji_Presentation}]/u;

/** Columns that the text takes on a terminal: Chinese characters take two, combining marks and colours none. */
export function displayWidth(text: string): number {
  // Most texts are plain ASCII, for which counting is enough.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  if (JOINED.test(text)) for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  else for (const character of text) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
}

/** Of what people see as one character: an emoji of several code points is as wide as one. */
function graphemeWidth(grapheme: string): number {
  if (/^[\p{Control}\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(grapheme)) return 0;
  if (grapheme.includes('\ufe0f') || /^\p{Emoji_Presentation}/u.test(grapheme)) return 2;
  return eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

/** The text followed by as many spaces as it takes to fill the columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

let segmenter: Intl.Segmenter | undefined;

/** Made when it is needed first: that takes longer than everything else at a start. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** The text in at most so many columns, with an ellipsis where something was cut off. Without colours only. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let [cut, used] = ['', 0];
  for (const { segment } of graphemes(text)) {
    const width = displayWidth(segment);
    if (used + width > columns - 1) break;
    cut += segment;
    used += width;
  }
  return `${cut.trimEnd()}…`;
}

/** The text in lines of at most so many columns, broken at spaces and between Chinese characters. */
export function wrapToWidth(text: string, columns: number): readonly string[] {
  const limit = Math.max(columns, 8);
  const lines: string[] = [];
  let [line, used] = ['', 0];
  const flush = (): void => {
    lines.push(line.trimEnd());
    [line, used] = ['', 0];
  };
  for (const part of breakable(text)) {
    const width = displayWidth(part);
    if (used > 0 && used + displayWidth(part.trimEnd()) > limit) flush();
    if (width <= limit) {
      line += part;
      used += width;
      continue;
    }
    for (const { segment } of graphemes(part)) {
      const segmentWidth = displayWidth(segment);
      if (used + segmentWidth > limit) flush();
      line += segment;
      used += segmentWidth;
    }
  }
  if (line !== '' || lines.length === 0) flush();
  return lines;
}

/** Parts after which a line may end. Chinese punctuation stays with what is before it. */
function breakable(text: string): readonly string[] {
  return (
    text.match(
      /[\u2e80-\u9fff\uff00-\uffef][\u3001\u3002\uff0c\uff1a\uff1b\uff09\u201d]*|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+/g,
    ) ?? []
  );
}
