/** A copy merges the layers when there are more changes than this, and than a share of the entries. */
const MINIMUM_CHANGES = 64;
const CHANGES_SHARE = 1 / 8;

/**
 * A map whose copy costs as much as the changes since the last merge, not as much as its size.
 * Copies are independent of each other.
 */
export class LayeredMap<Value extends object> {
  /** Shared with copies and never changed. */
  #base: ReadonlyMap<string, Value>;
  /** Changes to the base; `undefined` for a deleted entry. */
  #changes: Map<string, Value | undefined>;
  #size: number;

  private constructor(base: ReadonlyMap<string, Value>, changes: Map<string, Value | undefined>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.#size = size;
  }

  static of<Value extends object>(entries: Iterable<readonly [string, Value]> = []): LayeredMap<Value> {
    const base = new Map(entries);
    return new LayeredMap(base, new Map(), base.size);
  }

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const changed = this.#changes.get(key);
    return changed !== undefined || this.#changes.has(key) ? changed : this.#base.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  set(key: string, value: Value): void {
    if (!this.has(key)) this.#size += 1;
    this.#changes.set(key, value);
  }

  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#size -= 1;
    if (this.#base.has(key)) this.#changes.set(key, undefined);
    else this.#changes.delete(key);
    return true;
  }

  *[Symbol.iterator](): Generator<[key: string, value: Value], void> {
    const [base, changes] = [this.#base, this.#changes]; // a copy may replace them while this is iterated
    for (const [key, value] of base) {
      if (!changes.has(key)) yield [key, value];
    }
    for (const [key, value] of changes) {
      if (value !== undefined) yield [key, value];
    }
  }

  copy(): LayeredMap<Value> {
    if (this.#changes.size > Math.max(MINIMUM_CHANGES, this.#base.size * CHANGES_SHARE)) {
      this.#base = new Map(this);
      this.#changes = new Map();
    }
    return new LayeredMap(this.#base, new Map(this.#changes), this.#size);
  }
}
