import { filterKeys, type ListSearch } from './fleet-view.ts';

/** A filter with its order under a name. */
export interface SavedView {
  readonly name: string;
  readonly search: ListSearch;
}

export const MAXIMUM_VIEWS = 50;
export const MAXIMUM_NAME = 60;
/** Longest value of a filter in an address. */
const MAXIMUM_VALUE = 500;

const searchKeys = ['q', 'ends', 'sort', ...filterKeys] as const;

/** What an address or a stored view says of a list; anything else in it is left out. */
export function listSearch(search: Readonly<Record<string, unknown>>): ListSearch {
  return Object.fromEntries(
    searchKeys.flatMap((key) => {
      const value = search[key];
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      return text === '' ? [] : [[key, text.slice(0, MAXIMUM_VALUE)]];
    }),
  );
}

/** The views that a browser has stored. What cannot be understood is left out. */
export function viewsOf(text: string | undefined): readonly SavedView[] {
  const parsed = parse(text ?? '[]');
  if (!Array.isArray(parsed)) return [];
  return parsed
    .slice(0, MAXIMUM_VIEWS)
    .flatMap((each: unknown) => (isView(each) ? [{ name: each.name, search: listSearch(each.search) }] : []));
}

function isView(value: unknown): value is { readonly name: string; readonly search: Record<string, unknown> } {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('search' in value)) return false;
  const { name, search } = value;
  return typeof name === 'string' && name !== '' && typeof search === 'object' && search !== null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The views with one more, in the order of names; it replaces one of the same name. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const name = view.name.trim().slice(0, MAXIMUM_NAME);
  const others = views.filter((each) => each.name !== name).slice(0, MAXIMUM_VIEWS - 1);
  return [...others, { name, search: listSearch({ ...view.search }) }].sort((one, other) =>
    one.name.localeCompare(other.name),
  );
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((each) => each.name !== name);
}

export function sameSearch(one: ListSearch, other: ListSearch): boolean {
  return searchKeys.every((key) => (one[key] ?? '') === (other[key] ?? ''));
}
