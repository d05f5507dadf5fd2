import type { Cell, Screen } from './screen.ts';

const WIDTH = 8.4;
const HEIGHT = 18;
const MARGIN = 12;
const COLOURS: Readonly<Record<number, string>> = { 31: '#f47067', 32: '#57ab5a', 33: '#c69026', 36: '#39c5cf' };

/** The window of a terminal as an SVG picture. */
export function screenPicture(screen: Screen): string {
  const rows = screen.visible;
  const width = screen.columns * WIDTH + 2 * MARGIN;
  const height = Math.max(rows.length, 4) * HEIGHT + 2 * MARGIN;
  const lines = rows.map((cells, row) => cells.map((cell, column) => glyph(cell, column, row)).join(''));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans Mono, Noto Sans Mono CJK SC, monospace" font-size="14">
<rect width="100%" height="100%" rx="6" fill="#1c2128"/>
${lines.join('\n')}
</svg>
`;
}

function glyph({ text, style }: Cell, column: number, row: number): string {
  if (text.trim() === '') return '';
  const x = MARGIN + column * WIDTH;
  const y = MARGIN + row * HEIGHT + 13;
  const fill = style.colour === undefined ? '#cdd9e5' : (COLOURS[style.colour] ?? '#cdd9e5');
  const opacity = style.dim === true ? ' opacity="0.55"' : '';
  const weight = style.bold === true ? ' font-weight="bold"' : '';
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${fill}"${opacity}${weight}>${escaped}</text>`;
}
