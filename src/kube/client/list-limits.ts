import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** Objects of one page of a list. */
export const PAGE_SIZE = 500;
/** Pages of objects too large for that are asked for with a tenth of it, twice at most. */
const SMALLEST_PAGE = 5;
/** Objects of one list. */
export const MAXIMUM_LIST_ITEMS = 50_000;
/** Bytes of all pages of one list. */
export const MAXIMUM_LIST_BYTES = 64 * 1024 * 1024;
/** Pages of one list: a full one has 500 objects, and servers may cut a page short. */
export const MAXIMUM_LIST_PAGES = 1_000;
/** Longest token of the page after one, which is sent back: it holds the name of an object. */
export const MAXIMUM_CONTINUE_LENGTH = 4096;
/** Pages in a row without an object: a server may cut a page short, and has to come to an end. */
const MAXIMUM_EMPTY_PAGES = 5;

/** What all pages of a list may have together. */
export interface ListBounds {
  readonly items: number;
  readonly bytes: number;
  readonly pages: number;
}

const DEFAULT_BOUNDS: ListBounds = { items: MAXIMUM_LIST_ITEMS, bytes: MAXIMUM_LIST_BYTES, pages: MAXIMUM_LIST_PAGES };

export interface ListedPage {
  readonly items: number;
  /** Bytes. */
  readonly size: number;
  /** With which the page was asked for. */
  readonly token: string;
  /** Of the page after it; empty when it was the last. */
  readonly next: string;
}

/** What one list may take, over all of its pages. */
export class ListLimits {
  readonly #address: string;
  readonly #kind: string;
  readonly #bounds: ListBounds;
  #pageSize = PAGE_SIZE;
  #items = 0;
  #bytes = 0;
  #pages = 0;
  #emptyPages = 0;

  constructor(address: string, kind: string, bounds: ListBounds = DEFAULT_BOUNDS) {
    this.#address = address;
    this.#kind = kind;
    this.#bounds = bounds;
  }

  /** How many objects to ask for. */
  get pageSize(): number {
    return this.#pageSize;
  }

  /** Asks for smaller pages from now on. @returns false when they are the smallest already */
  shrinkPages(): boolean {
    if (this.#pageSize <= SMALLEST_PAGE) return false;
    this.#pageSize = Math.max(SMALLEST_PAGE, Math.floor(this.#pageSize / 10));
    return true;
  }

  /** @throws NautesError `ClusterResponseInvalid` when the list is too large or makes no progress */
  count({ items, size, token, next }: ListedPage): void {
    this.#items += items;
    this.#bytes += size;
    this.#pages += 1;
    this.#emptyPages = items > 0 ? 0 : this.#emptyPages + 1;
    const problem = this.#problem(next, next === token);
    if (problem !== undefined) throw new NautesError('ClusterResponseInvalid', { address: this.#address, problem });
  }

  #problem(next: string, repeats: boolean): Message | undefined {
    const goesOn = next !== '';
    const kind = this.#kind;
    const { items, bytes, pages } = this.#bounds;
    if (this.#items > items) return message('ClusterResponseInvalid.listed', { kind, limit: items });
    if (this.#bytes > bytes) return message('ClusterResponseInvalid.listBytes', { kind, limit: bytes });
    if (next.length > MAXIMUM_CONTINUE_LENGTH)
      return message('ClusterResponseInvalid.continue', { limit: MAXIMUM_CONTINUE_LENGTH });
    if (goesOn && this.#pages >= pages) return message('ClusterResponseInvalid.pages', { kind, limit: pages });
    if (goesOn && repeats) return message('ClusterResponseInvalid.repeated');
    if (goesOn && this.#emptyPages >= MAXIMUM_EMPTY_PAGES)
      return message('ClusterResponseInvalid.endless', { pages: MAXIMUM_EMPTY_PAGES });
    return undefined;
  }
}
