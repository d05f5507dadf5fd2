import { readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** A link of a Markdown page to something in the repository. */
export interface Link {
  readonly text: string;
  /** Path below the checkout, without a leading "./". */
  readonly path: string;
  /** What follows "#", decoded; empty for the whole page. */
  readonly anchor: string;
}

/** Paths of all Markdown pages below the checkout; folders with a leading dot and packages are left out. */
export async function markdownPages(root: string, below = ''): Promise<readonly string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  const found = entries.map(async (entry): Promise<readonly string[]> => {
    const path = join(below, entry.name);
    const isOurs = !entry.name.startsWith('.') && entry.name !== 'node_modules';
    if (entry.isDirectory()) return isOurs ? markdownPages(root, path) : [];
    return entry.name.endsWith('.md') ? [path] : [];
  });
  return (await Promise.all(found)).flat().sort();
}

/** The links of a page that lead to something in the repository. */
export function relativeLinks(page: string, text: string): readonly Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
    const [file = '', anchor = ''] = target.split('#');
    const path = file === '' ? page : normalize(join(dirname(page), decodeURIComponent(file)));
    return [{ text: target, path, anchor: decodeURIComponent(anchor) }];
  });
}

/** The anchors of a page's headings, as GitHub makes them; of equal headings the first only. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm);
  return new Set([...headings].map(([, heading = '']) => anchorOf(heading)));
}

function anchorOf(heading: string): string {
  const kept = heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '');
  return kept.replaceAll(' ', '-');
}

/** Examples in fences may look like headings or links. */
function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
