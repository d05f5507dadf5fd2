/** Longest status, as JSON. That of a cluster with six components has 4,000 characters. */
export const MAXIMUM_STATUS_LENGTH = 256 * 1024;

/** What is kept of a status that is longer, from the weakest cut to the strongest. */
const CUTS: readonly Cut[] = [
  { text: 4096, items: 512, depth: 12 },
  { text: 512, items: 64, depth: 8 },
  { text: 256, items: 16, depth: 6 },
];

interface Cut {
  /** Characters of a text. */
  readonly text: number;
  /** Elements of an array, members of an object. */
  readonly items: number;
  readonly depth: number;
}

/**
 * The last bound on what peers bring into a status, whatever was not bounded where it came in: a status within the limit
 * is returned as it is, of a longer one texts, lists and depth are cut.
 */
export function boundedStatus<T>(status: T, length: number): T {
  if (length <= MAXIMUM_STATUS_LENGTH) return status;
  for (const cut of CUTS) {
    const bounded = cutTo(status, cut, cut.depth) as T;
    if (JSON.stringify(bounded).length <= MAXIMUM_STATUS_LENGTH) return bounded;
  }
  throw new RangeError(`a status of ${length} characters cannot be cut to ${MAXIMUM_STATUS_LENGTH}`);
}

function cutTo(value: unknown, cut: Cut, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, cut.text);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return depth === 0 ? [] : value.slice(0, cut.items).map((item) => cutTo(item, cut, depth - 1));
  }
  if (depth === 0) return {};
  const members = Object.entries(value).slice(0, cut.items);
  return Object.fromEntries(members.map(([name, member]) => [name, cutTo(member, cut, depth - 1)]));
}
