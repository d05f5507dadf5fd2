import type { ComponentView, View } from '../../../src/contract/views.ts';

type Catalog = View<'catalog'>;

/** `to` is installed once `from` is ready or applied. */
export interface ComponentEdge {
  readonly from: string;
  readonly to: string;
}

/**
 * What each component of a cluster waits for, without what follows from the rest. `*` of the catalogue means every
 * component that does not have it itself.
 */
export function edgesOf(components: readonly ComponentView[], catalog: Catalog | undefined): readonly ComponentEdge[] {
  const names = new Set(components.map(({ name }) => name));
  const present = (catalog?.components ?? []).filter(({ name }) => names.has(name));
  const early = present.filter(({ after }) => !after.includes('*')).map(({ name }) => name);
  const before = new Map<string, Set<string>>();
  for (const { name, requires, after } of present) {
    const others = after.flatMap((each) => (each === '*' ? early : [each]));
    before.set(name, new Set([...requires, ...others].filter((each) => names.has(each) && each !== name)));
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

/** The components with each behind those it waits for. */
export function inOrder(
  components: readonly ComponentView[],
  edges: readonly ComponentEdge[],
): readonly ComponentView[] {
  const ordered: ComponentView[] = [];
  let rest = components;
  while (rest.length > 0) {
    const names = new Set(rest.map(({ name }) => name));
    const isFree = ({ name }: ComponentView): boolean => !edges.some(({ from, to }) => to === name && names.has(from));
    const free = rest.filter(isFree);
    if (free.length === 0) return [...ordered, ...rest];
    ordered.push(...free);
    rest = rest.filter((component) => !free.includes(component));
  }
  return ordered;
}
