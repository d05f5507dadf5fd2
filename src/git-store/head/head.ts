import type { FileLayout, NamedResource, ResourceSet, ResourceSets } from '../../resources/repository-layout.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { type Collection, emptyCollection, reloadCollection } from './collection.ts';
import { DirectoryTree } from './directory-tree.ts';
import { requireReadable, treeOf } from './readable.ts';

/** The resources at a commit; immutable. */
export interface Snapshot extends ResourceSets {
  /** Commit id of `main`; empty while the repository has no commit. */
  readonly commit: string;
}

/** Everything that is kept in memory of the head of `main`; immutable. */
export interface Head {
  readonly snapshot: Snapshot;
  readonly tree: DirectoryTree;
  /** By kind. */
  readonly collections: ReadonlyMap<string, Collection>;
}

/** Names by kind. */
export type NamesByKind = ReadonlyMap<string, readonly string[]>;

/**
 * The head of a repository without a commit.
 * @throws Error when two layouts have a kind or a directory in common
 */
export function emptyHead(layouts: readonly FileLayout[]): Head {
  const directories = layouts.map(({ directory }) => directory);
  const collections = new Map(layouts.map((layout) => [layout.kind, emptyCollection(layout)]));
  if (collections.size < layouts.length || new Set(directories).size < layouts.length) {
    throw new Error('every kind of a repository has a name and a directory of its own');
  }
  return headOf('', DirectoryTree.empty(directories), collections);
}

export function headOf(commit: string, tree: DirectoryTree, collections: ReadonlyMap<string, Collection>): Head {
  return { snapshot: { commit, ...setsOf((kind) => collections.get(kind)?.resources) }, tree, collections };
}

/**
 * Reads a head; what is as in the one before is taken from there. Never fails because of what a file says.
 * @throws NautesError `ConfigRepoInvalid` when it is more than this server can hold
 */
export async function loadHead(
  reader: ObjectReader,
  commit: string,
  before: Head,
): Promise<{ head: Head; changed: NamesByKind }> {
  await requireReadable(
    reader,
    commit,
    [...before.collections.values()].map(({ layout }) => layout),
  );
  const root = await treeOf(reader, commit);
  const tree = await DirectoryTree.read(reader, root, before.tree);
  const collections = new Map<string, Collection>();
  const changed = new Map<string, readonly string[]>();
  for (const [kind, old] of before.collections) {
    const { directory } = old.layout;
    const reloaded = await reloadCollection(reader, old, [before.tree.at(directory), tree.at(directory)]);
    collections.set(kind, reloaded.collection);
    if (reloaded.changed.length > 0) changed.set(kind, reloaded.changed);
  }
  return { head: headOf(commit, tree, collections), changed };
}

/** The sets that the function gives by kind, with the types of their layouts. */
export function setsOf(find: (kind: string) => ResourceSet | undefined): ResourceSets {
  return {
    of<Resource extends NamedResource, Index extends string>({ kind }: FileLayout<Resource, Index>) {
      const found = find(kind);
      if (found === undefined) throw new Error(`the repository was not opened with the kind ${kind}`);
      // Every entry of the kind was made by its layout's `decode`, which is where the type comes from.
      return found as ResourceSet<Resource, Index>;
    },
  };
}
