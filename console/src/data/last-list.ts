import type { ListSearch } from './fleet-view.ts';
import { listSearch } from './saved-views.ts';

const KEY = 'nautes.list';

let last = remembered();

/** The list that this tab has shown last, for the way back and from one cluster to the next. */
export function lastList(): ListSearch {
  return last;
}

export function rememberList(search: ListSearch): void {
  last = search;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(search));
  } catch {
    // it is kept for this page alone
  }
}

function remembered(): ListSearch {
  try {
    const parsed: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? listSearch({ ...parsed }) : {};
  } catch {
    return {};
  }
}
