import type { JsonObject, JsonValue } from '../../sandbox/index.ts';

/**
 * What a lie says, as data: JSON in which some objects stand for more than they say.
 *
 * | object | becomes |
 * |---|---|
 * | `{"$repeat": ["x", 1000]}` | the text as often as that |
 * | `{"$list": [value, 1000]}` | an array of so many; within it `{"$index": "name-"}` is `name-0`, `name-1`, … |
 * | `{"$numbered": ["[", ",", "]", 3]}` | the text `[0,1,2]` |
 * | `{"$count": "uid-"}` | `uid-1`, `uid-2`, …: another text each time |
 * | `{"$absent": true}` | nothing: the member is removed |
 */
export type Value = JsonValue;

/** Numbers what has to differ from one answer to the next. */
export interface Counter {
  next(): number;
}

/** The text of a body: a text itself, or what stands for one; everything else as JSON. */
export function textOf(value: Value, counter: Counter): string {
  const expanded = expand(value, counter);
  return typeof expanded === 'string' ? expanded : JSON.stringify(expanded);
}

export function expand(value: Value, counter: Counter, index = 0): Value {
  if (Array.isArray(value)) return value.map((item: Value) => expand(item, counter, index));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as JsonObject;
  const special = specialOf(members, counter, index);
  if (special !== undefined) return special;
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => [key, expand(member ?? null, counter, index)]),
  );
}

function specialOf(value: JsonObject, counter: Counter, index: number): Value | undefined {
  const { $repeat, $list, $index, $count, $numbered } = value;
  if (Array.isArray($repeat)) return String($repeat[0]).repeat(Number($repeat[1]));
  if (Array.isArray($list)) {
    const [template = null, count] = $list as readonly Value[];
    return Array.from({ length: Number(count) }, (_, at) => expand(template, counter, at));
  }
  if (Array.isArray($numbered)) {
    const [begin, between, end, count] = $numbered.map(String);
    return `${begin}${Array.from({ length: Number(count) }, (_, at) => at).join(between)}${end}`;
  }
  if (typeof $index === 'string') return `${$index}${index}`;
  if (typeof $count === 'string') return `${$count}${counter.next()}`;
  return undefined;
}

/**
 * Puts a value at a place of a JSON value, which is changed. `*` in the path stands for every element or member; what
 * is on the way and is not there is made.
 */
export function put(target: unknown, path: readonly string[], to: () => Value): void {
  const [key, ...rest] = path;
  if (key === undefined || typeof target !== 'object' || target === null) return;
  const record = target as Record<string, unknown>;
  for (const each of key === '*' ? Object.keys(record) : [key]) {
    if (rest.length > 0) {
      if (typeof record[each] !== 'object' || record[each] === null) record[each] = {};
      put(record[each], rest, to);
      continue;
    }
    const value = to();
    if (isAbsent(value)) delete record[each];
    else record[each] = value;
  }
}

function isAbsent(value: Value): boolean {
  return typeof value === 'object' && value !== null && '$absent' in value;
}
