/** Changes that are kept in mind: a reader that was away for longer reads everything again. */
export const MAXIMUM_REMEMBERED_CHANGES = 2000;

interface Change {
  readonly revision: number;
  readonly name: string;
}

/** Which names have changed lately, and at which revision. */
export class ChangedNames {
  #changes: Change[] = [];
  /** The revision before the first that is remembered. */
  #floor: number;

  constructor(revision: number) {
    this.#floor = revision;
  }

  add(revision: number, names: readonly string[]): void {
    for (const name of names) this.#changes.push({ revision, name });
    // Cut in bulk, so that each change costs little.
    if (this.#changes.length < 2 * MAXIMUM_REMEMBERED_CHANGES) return;
    const kept = this.#changes.slice(-MAXIMUM_REMEMBERED_CHANGES);
    const before = this.#changes.at(-MAXIMUM_REMEMBERED_CHANGES - 1)?.revision ?? this.#floor;
    this.#floor = before;
    this.#changes = kept.filter((change) => change.revision > before);
  }

  /** The names that have changed after the revision, each once; `undefined` when not all of them are known any more. */
  since(revision: number): readonly string[] | undefined {
    if (revision < this.#floor) return undefined;
    const first = this.#changes.findIndex((change) => change.revision > revision);
    return first === -1 ? [] : [...new Set(this.#changes.slice(first).map(({ name }) => name))];
  }
}
