import type { ComponentView } from '../../../../src/contract/views.ts';
import type { Catalog } from '../../data/cluster.ts';
import { t, textOfName } from '../../texts/index.ts';

/** `to` is installed once `from` is ready or applied. */
export interface ComponentEdge {
  readonly from: string;
  readonly to: string;
}

/** What each component of a cluster waits for, without what follows from the rest. */
export function edgesOf(components: readonly ComponentView[], catalog: Catalog | undefined): readonly ComponentEdge[] {
  const names = new Set(components.map(({ name }) => name));
  const before = new Map<string, Set<string>>();
  for (const { name, requires, after } of catalog?.components ?? []) {
    if (!names.has(name)) continue;
    const others = after.includes('*') ? [...names].filter((each) => each !== name) : after;
    before.set(name, new Set([...requires, ...others].filter((each) => names.has(each))));
  }
  return [...before].flatMap(([to, sources]) =>
    [...sources].filter((from) => !followsFrom(from, sources, before)).map((from) => ({ from, to })),
  );
}

function followsFrom(
  name: string,
  sources: ReadonlySet<string>,
  before: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return [...sources].some((other) => other !== name && reaches(other, name, before, new Set()));
}

function reaches(
  from: string,
  wanted: string,
  before: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const sources = [...(before.get(from) ?? [])];
  return sources.includes(wanted) || sources.some((next) => reaches(next, wanted, before, seen));
}

/** The graph as a sentence. */
export function sentenceOf(components: readonly ComponentView[], edges: readonly ComponentEdge[]): string {
  return components
    .map(({ name, phase }) => {
      const sources = edges.filter(({ to }) => to === name).map(({ from }) => from);
      const state = textOfName('phase', phase);
      const node = t('graph.node', { name, state });
      return sources.length === 0 ? node : `${node} (${t('component.waits', { names: sources.join(', ') })})`;
    })
    .join('; ');
}
