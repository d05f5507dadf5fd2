import { LayeredMap } from '../../base/layered-map.ts';
import type { FileLayout, NamedResource, ResourceEntry, ResourceSet } from '../../resources/repository-layout.ts';

/** The resources of one kind, with their indexes, while they are changed; {@link ResourceSet} to everyone else. */
export class ResourceMap implements ResourceSet {
  readonly #layout: FileLayout;
  readonly #entries: LayeredMap<ResourceEntry>;
  /** Index -> key -> names. Lists are replaced and never changed, so that copies may share them. */
  readonly #indexes: Map<string, LayeredMap<readonly string[]>>;

  private constructor(
    layout: FileLayout,
    entries: LayeredMap<ResourceEntry>,
    indexes: Map<string, LayeredMap<readonly string[]>>,
  ) {
    this.#layout = layout;
    this.#entries = entries;
    this.#indexes = indexes;
  }

  static of(layout: FileLayout, entries: Iterable<ResourceEntry> = []): ResourceMap {
    const map = new ResourceMap(layout, LayeredMap.of(), new Map());
    for (const entry of entries) map.set(entry);
    return map;
  }

  copy(): ResourceMap {
    const indexes = new Map([...this.#indexes].map(([index, names]) => [index, names.copy()]));
    return new ResourceMap(this.#layout, this.#entries.copy(), indexes);
  }

  get size(): number {
    return this.#entries.size;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  get(name: string): ResourceEntry | undefined {
    return this.#entries.get(name);
  }

  *keys(): Generator<string, void> {
    for (const [name] of this.#entries) yield name;
  }

  *values(): Generator<ResourceEntry, void> {
    for (const [, entry] of this.#entries) yield entry;
  }

  [Symbol.iterator](): Generator<[name: string, entry: ResourceEntry], void> {
    return this.#entries[Symbol.iterator]();
  }

  namesBy(index: string, key: string): readonly string[] {
    return this.#indexes.get(index)?.get(key) ?? [];
  }

  set(entry: ResourceEntry): void {
    this.#unlist(entry.name);
    this.#entries.set(entry.name, entry);
    for (const [index, key] of this.#keysOf(entry.resource)) {
      const names = this.#indexes.get(index) ?? LayeredMap.of<readonly string[]>();
      this.#indexes.set(index, names);
      names.set(key, [...(names.get(key) ?? []), entry.name]);
    }
  }

  delete(name: string): boolean {
    this.#unlist(name);
    return this.#entries.delete(name);
  }

  #unlist(name: string): void {
    for (const [index, key] of this.#keysOf(this.#entries.get(name)?.resource)) {
      const names = this.#indexes.get(index);
      const others = names?.get(key)?.filter((each) => each !== name) ?? [];
      if (others.length === 0) names?.delete(key);
      else names?.set(key, others);
    }
  }

  *#keysOf(resource: NamedResource | undefined): Generator<[index: string, key: string], void> {
    if (resource === undefined) return;
    for (const [index, key] of Object.entries(this.#layout.indexKeys(resource))) {
      if (key !== undefined) yield [index, key];
    }
  }
}
