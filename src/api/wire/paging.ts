import { message } from '../../messages/message.ts';
import { sha256 } from '../../base/hash.ts';
import { codecError } from '../decode/codec-error.ts';

/** Items in one page of a list; without `limit` a list is whole, as in the original. */
const MAXIMUM_LIST_PAGE = 10_000;

/** What pages are made of. */
export interface ListItem {
  readonly name: string;
  /** Changes when what the list shows of it does. */
  readonly version: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Gives the next page; empty on the last. */
  readonly continue: string;
}

/**
 * The items that come after the place where the last page ended. A place is a name: clusters that come or go between
 * two pages are seen or not, none of the others is left out or doubled.
 * @param limit empty for all
 */
export function page<T extends ListItem>(list: readonly T[], limit: string, token: string): Page<T> {
  const size = readLimit(limit);
  const after = token === '' ? undefined : readToken(token);
  const rest = after === undefined ? list : list.filter(({ name }) => name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return { items, continue: last === undefined || items.length === rest.length ? '' : writeToken(last.name) };
}

/** Changes when an item or its version does. */
export function listEntityTag(list: Page<ListItem>): string {
  const content = list.items.map(({ name, version }) => `${name} ${version}`);
  return entityTag(sha256([...content, list.continue].join('\n')).slice(0, 32));
}

export function entityTag(value: string): string {
  return `"${value}"`;
}

/**
 * The values of an `If-Match` or `If-None-Match` header without quotes. Weak ones count as strong: a generation says
 * what a file holds, and proxies that compress turn our tags into weak ones.
 */
export function readEntityTags(header: string): string[] {
  return header
    .split(',')
    .map((tag) =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .filter((tag) => tag !== '');
}

/** The size of a page; the largest when it is left out. @throws Codec */
export function readPageLimit(text: string, maximum: number): number {
  const limit = text === '' ? maximum : /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maximum) throw codecError(message('Codec.limit', { maximum }));
  return limit;
}

function readLimit(text: string): number {
  if (text === '') return Number.POSITIVE_INFINITY;
  const limit = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAXIMUM_LIST_PAGE) {
    throw codecError(message('Codec.limit', { maximum: MAXIMUM_LIST_PAGE }));
  }
  return limit;
}

function writeToken(name: string): string {
  return Buffer.from(`after:${name}`).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:')) throw codecError(message('Codec.continue'));
  return text.slice('after:'.length);
}
