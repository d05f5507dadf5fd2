import { blankStatus } from '../../resources/cluster/cluster-status.ts';
import { ChangedNames } from '../../registry/fleet/changed-names.ts';
import type { FleetReader } from '../../registry/fleet/fleet.ts';
import { type FleetRow, fleetRow } from '../../registry/fleet/fleet-row.ts';

/** Rows in memory that tests change. */
export class FakeFleet implements FleetReader {
  readonly epoch = 'f1ee7000';
  revision = 0;
  readonly #rows = new Map<string, FleetRow>();
  readonly #changes = new ChangedNames(0);
  readonly #listeners = new Set<(names: readonly string[]) => void>();

  /** Number of `onChange` subscriptions. */
  get listeners(): number {
    return this.#listeners.size;
  }

  readonly ready = async (): Promise<void> => {};
  readonly rows = (): readonly FleetRow[] => [...this.#rows.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  readonly row = (name: string): FleetRow | undefined => this.#rows.get(name);
  readonly changedSince = (revision: number): readonly string[] | undefined =>
    revision > this.revision ? undefined : this.#changes.since(revision);

  readonly onChange = (listener: (names: readonly string[]) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(...rows: readonly FleetRow[]): void {
    for (const row of rows) this.#rows.set(row.name, row);
    this.#tell(rows.map(({ name }) => name));
  }

  remove(name: string): void {
    this.#rows.delete(name);
    this.#tell([name]);
  }

  #tell(names: readonly string[]): void {
    this.revision += 1;
    this.#changes.add(this.revision, names);
    for (const listener of this.#listeners) listener(names);
  }
}

/** A row of a cluster that no controller has looked at. */
export function fakeRow(name: string, changes: Partial<FleetRow> = {}): FleetRow {
  const blank = { name, incarnation: 'one', observedGeneration: '', commit: '', conditions: [] };
  const status = blankStatus({ ...blank, phase: 'Pending' });
  return { ...fleetRow({ entry: undefined, status, commit: undefined, now: 0 }), ...changes };
}
