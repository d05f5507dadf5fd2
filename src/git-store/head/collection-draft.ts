import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { canonicalJson } from '../../base/hash.ts';
import type { LayeredMap } from '../../base/layered-map.ts';
import { NautesError } from '../../errors/errors.ts';
import type { NamedResource, ResourceEntry } from '../../resources/repository-layout.ts';
import { encodeEntry, FILE_MODE, objectId } from '../git/objects.ts';
import type { PackBuilder } from '../git/pack.ts';
import { type Collection, type Kept, parseFile } from './collection.ts';
import type { DirectoryTree } from './directory-tree.ts';
import type { ContentChange, Kustomization } from './kustomization.ts';
import type { ResourceMap } from './resource-map.ts';

/** A file of a kind as it would be written. */
export interface PreparedFile {
  readonly name: string;
  /** Absent for a removal. */
  readonly written?: {
    readonly id: string;
    readonly content: Buffer;
    readonly entry: ResourceEntry;
    readonly kept: Kept | undefined;
    /** False when the file says the same already. */
    readonly changesFile: boolean;
  };
}

type Prepared = Pick<Collection, 'layout' | 'resources' | 'kept'>;

/**
 * The file that a save of the resource writes, or a removal; nothing is changed yet.
 * @throws NautesError for a resource that could not be read back, and where nothing can be written
 */
export function prepareFile(
  { layout, resources, kept }: Prepared,
  obstacle: Message | undefined,
  { name, resource, namespace }: { name: string; resource: NamedResource | undefined; namespace: string },
): PreparedFile {
  if (obstacle !== undefined) throw new NautesError('ConfigRepoInvalid', { problem: obstacle });
  const problem = layout.nameProblem(name);
  if (problem !== undefined) throw layout.invalid(name, problem);
  if (resource === undefined) return { name };
  const content = Buffer.from(layout.encode(resource, { namespace, kept: kept.get(name)?.fields }));
  if (content.length > layout.maximumBytes) {
    throw layout.invalid(name, message('file.tooLarge', { maximum: layout.maximumBytes }));
  }
  const id = objectId('blob', content);
  // Read back: what is kept in memory is what every other reader sees, and nothing unreadable is written.
  const { entry, kept: read } = parseFile(layout, name, id, content.toString());
  if (entry.problem !== undefined) throw entry.problem;
  const present = resources.get(name)?.resource;
  const changesFile = present === undefined || canonicalJson(present) !== canonicalJson(entry.resource);
  return { name, written: { id, content, entry, kept: read, changesFile } };
}

/** A collection in the making. Kept apart from the one it began with, so that it can be dropped. */
export class CollectionDraft {
  readonly resources: ResourceMap;
  readonly kept: LayeredMap<Kept>;
  readonly layout: Collection['layout'];
  readonly #base: Collection;
  readonly #directory: DirectoryTree;
  readonly #pack: PackBuilder;
  readonly #list: Kustomization | undefined;
  #listId: string;

  /** @param directory of the draft's own tree */
  constructor(base: Collection, directory: DirectoryTree, pack: PackBuilder) {
    this.#base = base;
    this.layout = base.layout;
    this.resources = base.resources.copy();
    this.kept = base.kept.copy();
    this.#directory = directory;
    this.#pack = pack;
    this.#list = base.kustomization?.list.copy();
    this.#listId = base.kustomization?.id ?? '';
  }

  collection(): Collection {
    const { file } = this.#base.kustomization ?? {};
    return {
      layout: this.layout,
      resources: this.resources,
      kept: this.kept,
      ...(file !== undefined &&
        this.#list !== undefined && { kustomization: { file, list: this.#list, id: this.#listId } }),
    };
  }

  prepare(name: string, resource: NamedResource | undefined, namespace: string): PreparedFile {
    return prepareFile(this, this.#directory.obstacle, { name, resource, namespace });
  }

  /** Carries out what was prepared; returns whether that changes the directory. */
  apply(prepared: PreparedFile): boolean {
    const before = this.#directory.changes;
    if (prepared.written === undefined) this.#remove(prepared.name);
    else this.#save(prepared.name, prepared.written);
    return this.#directory.changes > before;
  }

  /** Brings the kustomization's entry in the directory up to date, after the list has or has not changed. */
  writeKustomization(change?: ContentChange): void {
    const { file } = this.#base.kustomization ?? {};
    if (file === undefined || this.#list === undefined) return;
    if (change !== undefined) {
      const splices = change.splice === undefined ? undefined : [change.splice];
      this.#listId = this.#pack.addChanged('blob', change.content, this.#listId, splices);
    }
    const entry = encodeEntry({ mode: FILE_MODE, name: file, id: this.#listId });
    if (this.#directory.records.get(file)?.equals(entry) === true) return;
    this.#pack.add('blob', this.#list.content);
    this.#directory.setFile(file, entry);
  }

  #save(name: string, { id, content, entry, kept, changesFile }: NonNullable<PreparedFile['written']>): void {
    const file = this.layout.fileOf(name);
    if (changesFile) {
      this.#pack.add('blob', content);
      this.#directory.setFile(file, encodeEntry({ mode: FILE_MODE, name: file, id }));
      this.resources.set(entry);
      if (kept === undefined) this.kept.delete(name);
      else this.kept.set(name, kept);
    }
    this.writeKustomization(this.#list?.add(file));
  }

  #remove(name: string): void {
    if (!this.resources.delete(name)) return;
    const file = this.layout.fileOf(name);
    this.kept.delete(name);
    this.#directory.remove(file);
    this.writeKustomization(this.#list?.remove(file));
  }
}
