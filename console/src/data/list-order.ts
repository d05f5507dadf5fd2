import type { FleetRowView } from '../../../src/contract/views.ts';
import { filterRows, type ListSearch, sortRows } from './fleet-view.ts';

/** Where a cluster stands in a list. */
export interface Neighbours {
  /** From 1. */
  readonly position: number;
  readonly total: number;
  readonly previous: string | undefined;
  readonly next: string | undefined;
}

/**
 * The clusters before and after one in a list as it is filtered and sorted now. One that the filter leaves out by now stands
 * where it would without the filter.
 */
export function neighboursOf(
  rows: readonly FleetRowView[],
  search: ListSearch,
  name: string,
  now: number,
): Neighbours | undefined {
  const found = new Set(filterRows(rows, search, now));
  const listed = sortRows(
    rows.filter((row) => found.has(row) || row.name === name),
    search.sort ?? 'name',
  );
  const place = listed.findIndex((row) => row.name === name);
  if (place < 0) return undefined;
  return {
    position: place + 1,
    total: listed.length,
    previous: listed[place - 1]?.name,
    next: listed[place + 1]?.name,
  };
}
