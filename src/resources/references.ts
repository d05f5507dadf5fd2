import type { Reference } from './kind.ts';
import type { ResourceSets } from './repository-layout.ts';
import type { KeptKind } from './tenant-kinds.ts';

/** A reference to a resource without a file. */
export interface UnresolvedReference extends Reference {
  /** The resource that has the reference. */
  readonly from: { readonly kind: string; readonly name: string };
}

/** The dangling references among the resources of these kinds. */
export function unresolvedReferences(kinds: readonly KeptKind[], sets: ResourceSets): readonly UnresolvedReference[] {
  const filesOf = new Map(kinds.map(({ kind, files }) => [kind.kind, files]));
  const isThere = ({ kind, index, key }: Reference): boolean => {
    const files = filesOf.get(kind);
    if (files === undefined) return false;
    const set = sets.of(files);
    return index === undefined ? set.has(key) : set.namesBy(index, key).length > 0;
  };
  return kinds.flatMap(({ kind, files }) =>
    [...sets.of(files).values()].flatMap(({ name, resource }) => {
      if (resource === undefined) return [];
      const from = { kind: kind.kind, name };
      const references = kind.references(resource as Parameters<typeof kind.references>[0]); // the layout is that of the kind
      return references.filter((reference) => !isThere(reference)).map((reference) => ({ ...reference, from }));
    }),
  );
}
