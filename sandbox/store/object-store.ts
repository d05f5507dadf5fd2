import type { StoredObject } from './stored-object.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface Change {
  readonly type: ChangeType;
  /** Qualified name of the resource, as in `deployments.apps`. */
  readonly resource: string;
  readonly object: StoredObject;
  /** The version before, for selectors that no longer match. */
  readonly previous: StoredObject | undefined;
}

export type ChangeListener = (change: Change) => void;

/** The objects of one cluster with a short history for watches, in memory. */
export class ObjectStore {
  readonly #tables = new Map<string, Map<string, StoredObject>>();
  readonly #listeners = new Set<ChangeListener>();
  readonly #historyLimit: number;
  #history: Change[] = [];
  #version = 1;
  /** The latest version that was dropped from the history. */
  #compacted = 0;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  nextVersion(): number {
    return this.#version + 1;
  }

  get(resource: string, namespace: string, name: string): StoredObject | undefined {
    return this.#tables.get(resource)?.get(`${namespace}/${name}`);
  }

  /** All objects of a resource, in the order of namespace and name; of all namespaces when it is empty. */
  list(resource: string, namespace = ''): StoredObject[] {
    const table = this.#tables.get(resource);
    if (table === undefined) return [];
    const prefix = `${namespace}/`;
    const keys = [...table.keys()];
    const wanted = namespace === '' ? keys : keys.filter((key) => key.startsWith(prefix));
    return wanted.toSorted().flatMap((key) => table.get(key) ?? []);
  }

  /** Stores a new version, which must carry {@link nextVersion}. */
  put(resource: string, object: StoredObject): void {
    let table = this.#tables.get(resource);
    if (table === undefined) {
      table = new Map();
      this.#tables.set(resource, table);
    }
    const key = `${object.namespace}/${object.name}`;
    const previous = table.get(key);
    table.set(key, object);
    this.#changed({ type: previous === undefined ? 'ADDED' : 'MODIFIED', resource, object, previous });
  }

  remove(resource: string, object: StoredObject): void {
    const table = this.#tables.get(resource);
    const previous = table?.get(`${object.namespace}/${object.name}`);
    if (table === undefined || previous === undefined) return;
    table.delete(`${object.namespace}/${object.name}`);
    const last = { ...object, resourceVersion: this.nextVersion() };
    this.#changed({ type: 'DELETED', resource, object: last, previous });
  }

  /** Resources that have objects. */
  resources(): string[] {
    return [...this.#tables].filter(([, table]) => table.size > 0).map(([resource]) => resource);
  }

  /** Calls the listener after each change, in order. Returns what ends that. */
  listen(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The changes after a version, or undefined when some of them are no longer known. */
  changesSince(version: number): readonly Change[] | undefined {
    if (version < this.#compacted) return undefined;
    return this.#history.filter((change) => change.object.resourceVersion > version);
  }

  /** Forgets the history up to a version: watches from an older one get 410. */
  compact(version = this.#version): void {
    this.#history = this.#history.filter((change) => change.object.resourceVersion > version);
    this.#compacted = Math.max(this.#compacted, version);
  }

  #changed(change: Change): void {
    this.#version = change.object.resourceVersion;
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit * 2) this.#trim();
    for (const listener of this.#listeners) listener(change);
  }

  /** Dropping half at a time keeps the amortised cost per change constant. */
  #trim(): void {
    const dropped = this.#history.length - this.#historyLimit;
    this.#compacted = this.#history[dropped - 1]?.object.resourceVersion ?? this.#compacted;
    this.#history = this.#history.slice(dropped);
  }
}
