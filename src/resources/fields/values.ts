import { message } from '../../messages/message.ts';
import { mustBe } from '../field.ts';

/** Reads values of a parsed file with checks, and builds objects for files. */

export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asMembers(value: unknown, place: string): Members {
  if (!isMembers(value)) throw mustBe(place, message('wanted.object'));
  return value;
}

export function asOptionalMembers(value: unknown, place: string): Members {
  return value === undefined || value === null ? {} : asMembers(value, place);
}

/** Text; an unquoted number or boolean is read as its text. */
export function asText(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) return String(value);
  throw mustBe(place, message('wanted.text'));
}

export function asOptionalText(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return asText(value, place);
}

/** Unlike an assignment this makes an ordinary property of `__proto__` too. */
export function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(entries);
}

export function without(members: Members, keys: ReadonlySet<string>): Members {
  return record(Object.entries(members).filter(([key]) => !keys.has(key)));
}

/** Keys sorted at every depth, `undefined` left out. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMembers(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return record(members.map(([key, member]) => [key, sorted(member)]));
}

/** The members without `undefined`, empty texts and empty maps. */
export function compact(members: Members): Members {
  return record(Object.entries(members).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  return isMembers(value) && Object.keys(value).length === 0;
}
