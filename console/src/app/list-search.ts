import { filterKeys, type ListSearch } from '../data/fleet-view.ts';

/** Longest value of a filter in an address. */
const MAXIMUM_LENGTH = 500;

/** What the address of a list says; anything else in it is left out. */
export function listSearch(search: Readonly<Record<string, unknown>>): ListSearch {
  const known = ['q', 'ends', 'sort', ...filterKeys];
  return Object.fromEntries(
    known.flatMap((key) => {
      const value = search[key];
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      return text === '' ? [] : [[key, text.slice(0, MAXIMUM_LENGTH)]];
    }),
  );
}
