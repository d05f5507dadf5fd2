import type { FleetRowView } from '../../../src/contract/views.ts';

/** Changes of rows, up to a revision. */
export interface RowChanges {
  readonly rows: readonly FleetRowView[];
  readonly gone: readonly string[];
  readonly revision: string;
}

/** The rows of all clusters as far as they are known: a snapshot, and the changes since. */
export class FleetRows {
  #rows = new Map<string, FleetRowView>();
  #revision = '';
  /** In their order, as long as no row comes or goes. */
  #names: readonly string[] | undefined;
  #list: readonly FleetRowView[] | undefined;

  get revision(): string {
    return this.#revision;
  }

  /** In the order of names. The same array while nothing changes. */
  get list(): readonly FleetRowView[] {
    this.#names ??= [...this.#rows.keys()].sort((one, other) => (one < other ? -1 : 1));
    this.#list ??= this.#names.flatMap((name) => this.#rows.get(name) ?? []);
    return this.#list;
  }

  get(name: string): FleetRowView | undefined {
    return this.#rows.get(name);
  }

  replace(items: readonly FleetRowView[], revision: string): void {
    this.#rows = new Map(items.map((row) => [row.name, row]));
    this.#revision = revision;
    this.#names = undefined;
    this.#list = undefined;
  }

  /** Changes that are older than what is known are left out: a snapshot can be ahead of the stream. */
  apply({ rows, gone, revision }: RowChanges): void {
    if (isKnown(this.#revision, revision)) return;
    const before = this.#rows.size;
    for (const row of rows) this.#rows.set(row.name, row);
    if (this.#rows.size > before) this.#names = undefined;
    for (const name of gone) if (this.#rows.delete(name)) this.#names = undefined;
    this.#revision = revision;
    this.#list = undefined;
  }
}

/** Revisions are an epoch and a number, `a1b2-17`; those of different epochs cannot be compared. */
function isKnown(known: string, revision: string): boolean {
  const [epoch, number] = known.split('-');
  const [otherEpoch, otherNumber] = revision.split('-');
  return epoch === otherEpoch && Number(otherNumber) <= Number(number);
}
