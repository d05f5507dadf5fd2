import { verbatim } from '../../messages/message.ts';
import type { FileLayout, NamedResource } from '../../resources/repository-layout.ts';
import { setsOf, type Snapshot } from '../head/head.ts';
import { ResourceMap } from '../head/resource-map.ts';

/** A snapshot with these resources of one kind; names in `unreadable` have files that cannot be read. */
export function snapshotOf<Resource extends NamedResource, Index extends string>(
  layout: FileLayout<Resource, Index>,
  resources: readonly Resource[],
  { commit = 'c', unreadable = [] }: { commit?: string; unreadable?: readonly string[] } = {},
): Snapshot {
  const set = ResourceMap.of(layout, [
    ...resources.map((resource) => ({ name: resource.name, fileRevision: `file-${resource.name}`, resource })),
    ...unreadable.map((name) => ({
      name,
      fileRevision: `file-${name}`,
      problem: layout.invalid(name, verbatim('unreadable')),
    })),
  ]);
  return { commit, ...setsOf((kind) => (kind === layout.kind ? set : undefined)) };
}
