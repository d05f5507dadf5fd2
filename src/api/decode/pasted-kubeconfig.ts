/** Kubeconfigs that were pasted into a request body as they are, without quotes around them. */

const START = /(?:apiVersion|kind|clusters|contexts|users|current-context|preferences):(?=[ \t\r\n]|$)/y;

/** Whether the text at the index is how a kubeconfig begins. */
export function beginsKubeconfig(text: string, index: number): boolean {
  return matchAt(START, text, index) !== undefined;
}

/** Index of the line where a kubeconfig begins that is not indented deeper than the member; none for other text. */
export function unindentedKubeconfig(text: string, index: number, memberIndentation: number): number | undefined {
  const blank = matchAt(/[^\S\n]*(?:\n[^\S\n]*)*/y, text, index) ?? '';
  const start = index + blank.length;
  const line = text.lastIndexOf('\n', start - 1) + 1;
  return start - line <= memberIndentation && beginsKubeconfig(text, start) ? line : undefined;
}

/**
 * The kubeconfig that begins at the index, without the common indentation of its lines: up to the next line that begins
 * with a closing brace or a double quote.
 * @param isBehindName whether its first line stands behind the name of the member
 */
export function readPasted(
  text: string,
  start: number,
  isBehindName: boolean,
): { readonly value: string; readonly end: number } {
  const lines: string[] = [];
  let end = start;
  while (end < text.length) {
    const newline = text.indexOf('\n', end);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(end, next).replace(/\r?\n$/, '');
    if (/^\s*[}"]/.test(line)) break;
    lines.push(line);
    end = next;
  }
  const [first = '', ...others] = lines;
  const below = isBehindName ? others : lines;
  const written = below.filter((line) => line.trim() !== '').map(indentationOf);
  const common = written.length === 0 ? 0 : Math.min(...written);
  const dedented = [...(isBehindName ? [first] : []), ...below.map((line) => line.slice(common))];
  return { value: `${dedented.join('\n').trimEnd()}\n`, end };
}

/** What the sticky expression matches at the index. */
export function matchAt(expression: RegExp, text: string, index: number): string | undefined {
  expression.lastIndex = index;
  return expression.exec(text)?.[0];
}

export function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}
