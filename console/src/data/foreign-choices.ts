import { clusterPath, paths } from '../../../src/contract/paths.ts';
import type { ClusterView, View } from '../../../src/contract/views.ts';
import { request } from './api.ts';

/** What a registration says about components that others have installed. */
export type ForeignChoice = 'leaveOut' | 'adopt';

/** A category with what was chosen for it. */
export interface ChosenCategory {
  /** As on the wire: `multi_tenant`. */
  readonly category: string;
  readonly choice: ForeignChoice;
}

const FIELDS = { without_components: 'leaveOut', adopt_components: 'adopt' } as const;

/** The categories that a registration leaves out or takes over. */
export function chosenCategories(cluster: ClusterView | undefined): readonly ChosenCategory[] {
  if (cluster === undefined) return [];
  const fields: Readonly<Record<string, unknown>> = { ...cluster };
  return Object.entries(FIELDS).flatMap(([field, choice]) => {
    const categories: readonly unknown[] = Array.isArray(fields[field]) ? fields[field] : [];
    return categories.map((category) => ({ category: String(category), choice }));
  });
}

/** When something was chosen, and by whom. */
export interface ChosenSince extends ChosenCategory {
  /** Absent where that was before the commits that are looked at. */
  readonly since?: { readonly time: string; readonly author: string; readonly commit: string };
}

/** Commits that are looked at for when something was chosen. */
const MAXIMUM_COMMITS = 30;

type Entry = View<'history'>['items'][number];

/**
 * Since when each choice is as it is now: the oldest commit after the last one without it. Each commit is read, the newest
 * first, until all are found.
 */
export async function choicesSince(
  name: string,
  chosen: readonly ChosenCategory[],
  signal: AbortSignal,
): Promise<readonly ChosenSince[]> {
  const query = new URLSearchParams({ limit: String(MAXIMUM_COMMITS) }).toString();
  const { items } = await request<View<'history'>>(`${clusterPath(paths.clusterHistory, name)}?${query}`, { signal });
  const open = new Map(chosen.map((one) => [keyOf(one), one]));
  const found = new Map<string, Entry>();
  const last = new Map<string, Entry>();
  for (const entry of items) {
    if (open.size === 0) break;
    const then = new Set((await choicesAt(name, entry.commit, signal)).map(keyOf));
    for (const key of open.keys()) {
      if (then.has(key)) last.set(key, entry);
      else {
        const first = last.get(key);
        if (first !== undefined) found.set(key, first);
        open.delete(key);
      }
    }
  }
  // A history that was seen to its end has the first commit of what it never lacked.
  if (items.length < MAXIMUM_COMMITS) for (const key of open.keys()) keep(found, key, last.get(key));
  return chosen.map((one) => {
    const entry = found.get(keyOf(one));
    return entry === undefined ? one : { ...one, since: entry };
  });
}

function keep(found: Map<string, Entry>, key: string, entry: Entry | undefined): void {
  if (entry !== undefined) found.set(key, entry);
}

function keyOf({ category, choice }: ChosenCategory): string {
  return `${choice} ${category}`;
}

async function choicesAt(name: string, commit: string, signal: AbortSignal): Promise<readonly ChosenCategory[]> {
  const path = `${clusterPath(paths.clusterHistory, name)}/${commit}`;
  return chosenCategories((await request<View<'fileChange'>>(path, { signal })).cluster);
}
