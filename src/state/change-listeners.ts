import type { ResourceKey } from '../resources/resource-key.ts';

export type ChangeListener = (key: ResourceKey) => void;

/** Those who are told which resources have changed. */
export class ChangeListeners {
  readonly #listeners = new Set<ChangeListener>();

  readonly add = (listener: ChangeListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  tell({ kind, name }: ResourceKey): void {
    for (const listener of this.#listeners) listener({ kind, name });
  }
}
