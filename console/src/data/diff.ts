/** A line of two texts side by side. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Longest texts that are compared line by line, in lines; of longer ones all is removed and all is added. */
export const MAXIMUM_DIFF_LINES = 2000;

/** The lines of both texts, with as many the same as can be (longest common subsequence). */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, next] = [linesOf(before), linesOf(after)];
  if (old.length > MAXIMUM_DIFF_LINES || next.length > MAXIMUM_DIFF_LINES) {
    return [...marked(old, 'removed'), ...marked(next, 'added')];
  }
  const lengths = commonLengths(old, next);
  const width = next.length + 1;
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < next.length) {
    const [removed, added] = [old[i], next[j]];
    if (removed !== undefined && removed === added) {
      lines.push({ kind: 'same', text: removed });
      i += 1;
      j += 1;
    } else if (added === undefined || (removed !== undefined && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ kind: 'removed', text: removed ?? '' });
      i += 1;
    } else {
      lines.push({ kind: 'added', text: added });
      j += 1;
    }
  }
  return lines;

  function at(row: number, column: number): number {
    return lengths[row * width + column] ?? 0;
  }
}

/** A row of two texts side by side; a side that has no such line is absent. */
export interface DiffRow {
  readonly before?: DiffLine;
  readonly after?: DiffLine;
}

/** The lines side by side: what was removed stands beside what was added in its place. */
export function diffRows(lines: readonly DiffLine[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      const [before, after] = [removed[at], added[at]];
      rows.push({ ...(before && { before }), ...(after && { after }) });
    }
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    if (line.kind === 'removed') removed.push(line);
    else if (line.kind === 'added') added.push(line);
    else {
      flush();
      rows.push({ before: line, after: line });
    }
  }
  flush();
  return rows;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function marked(lines: readonly string[], kind: DiffLine['kind']): readonly DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

/** Of the rests that begin at a pair of lines, how many lines they have in common. */
function commonLengths(old: readonly string[], next: readonly string[]): Uint16Array {
  const width = next.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = next.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        old[i] === next[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  return lengths;
}
