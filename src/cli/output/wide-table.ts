import type { Kind } from '../documents/kinds.ts';

const MOST_VALUES = 5;

/** Rows of `-o wide` as the original has them: merged columns put their further values into a second line. */
export function wideRows(kind: Kind, objects: readonly unknown[]): readonly (readonly string[])[] {
  const heads = kind.columns.map((column) => column.map(([heading]) => heading).join(' / '));
  const isMerged = kind.columns.some((column) => column.length > 1);
  const rows = objects.flatMap((object) => {
    const first = kind.columns.map(([main]) => (main === undefined ? '' : cell(object, main[1])));
    if (!isMerged) return [first];
    const second = kind.columns.map(([, ...others]) => others.map(([, path]) => cell(object, path)).join(','));
    return [first, second, kind.columns.map(() => '')];
  });
  return [heads, ...rows];
}

function cell(object: unknown, path: string): string {
  const values = valuesAt(object, path.split('.'));
  if (path === 'components_list') return componentNames(values[0]);
  const texts = [
    ...new Set(
      values.flat().map((value) => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value))),
    ),
  ];
  const shown = texts.slice(0, MOST_VALUES).join(',');
  return texts.length > MOST_VALUES ? `${shown}...` : shown;
}

/** What the path leads to; through lists to that of every item. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(value) && path.length > 0) return value.flatMap((item) => valuesAt(item, path));
  const [key, ...rest] = path;
  if (key === undefined) return value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return valuesAt((value as Readonly<Record<string, unknown>>)[key], rest);
}

/** `[n] name1,name2`, sorted, at most five. */
function componentNames(list: unknown): string {
  const components = typeof list === 'object' && list !== null ? Object.values(list) : [];
  const names = components.flatMap((one: unknown) => {
    const name = typeof one === 'object' && one !== null && 'name' in one ? String(one.name) : '';
    return name === '' ? [] : [name];
  });
  const shown = names.toSorted().slice(0, MOST_VALUES).join(',');
  return `[${names.length}] ${shown}${names.length > MOST_VALUES ? '...' : ''}`;
}
