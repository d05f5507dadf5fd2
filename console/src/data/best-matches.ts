/** Something that is found by words. */
export interface Findable {
  readonly text: string;
  /** What it is found by besides. */
  readonly words?: string;
}

/**
 * The items that have all words of the query, those whose text begins with it first, then those with a word that does;
 * equal ones in the order they came.
 * @param limit how many are given at most
 */
export function bestMatches<T extends Findable>(items: readonly T[], query: string, limit: number): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items.slice(0, limit);
  const first = words.join(' ');
  const ranked: { readonly item: T; readonly rank: number }[] = [];
  for (const item of items) {
    const text = item.text.toLowerCase();
    const said = item.words === undefined ? text : `${text} ${item.words.toLowerCase()}`;
    if (words.every((word) => said.includes(word))) ranked.push({ item, rank: rankOf(text, first) });
  }
  ranked.sort((one, other) => one.rank - other.rank);
  return ranked.slice(0, limit).map(({ item }) => item);
}

function rankOf(text: string, query: string): number {
  if (text === query) return 0;
  if (text.startsWith(query)) return 1;
  const place = text.indexOf(query);
  if (place < 0) return 4;
  return /[\p{L}\p{N}]/u.test(text[place - 1] ?? ' ') ? 3 : 2;
}
