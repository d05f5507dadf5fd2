import type { FleetRowView } from '../../../src/contract/views.ts';
import { type Choice, endsWithin, isBeingWorkedOn, kindOf, minorVersion, needsPerson, sortRows } from './fleet-view.ts';

/** What the overview says of all clusters. */
export interface FleetSummary {
  readonly total: number;
  readonly virtual: number;
  /** How many clusters have each phase. */
  readonly phases: ReadonlyMap<string, number>;
  /** Minor versions of Kubernetes, the newest first. */
  readonly versions: readonly Choice[];
  /** Clusters that need a person, the most urgent first. */
  readonly waiting: readonly FleetRowView[];
  readonly working: readonly FleetRowView[];
  /** How many credentials end within the asked days, and the one that ends first. */
  readonly ending: number;
  readonly nextEnd: FleetRowView | undefined;
}

/**
 * All of it by one pass over the rows.
 * @param endingDays of credentials
 * @param now milliseconds since 1970
 */
export function summaryOf(rows: readonly FleetRowView[], endingDays: number, now: number): FleetSummary {
  const [phases, versions] = [new Map<string, number>(), new Map<string, number>()];
  const waiting: FleetRowView[] = [];
  const working: FleetRowView[] = [];
  let [virtual, ending] = [0, 0];
  let nextEnd: FleetRowView | undefined;
  for (const row of rows) {
    increase(phases, row.phase, 1);
    increase(versions, row.kubernetes_version, 1);
    if (kindOf(row) === 'virtual') virtual += 1;
    if (needsPerson(row)) waiting.push(row);
    if (isBeingWorkedOn(row)) working.push(row);
    if (!endsWithin(row, endingDays, now)) continue;
    ending += 1;
    if (nextEnd === undefined || row.credential_expires_at < nextEnd.credential_expires_at) nextEnd = row;
  }
  return {
    total: rows.length,
    virtual,
    phases,
    versions: minorVersions(versions),
    waiting: sortRows(waiting, 'phase'),
    working,
    ending,
    nextEnd,
  };
}

function minorVersions(exact: ReadonlyMap<string, number>): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const [version, count] of exact) if (version !== '') increase(counts, minorVersion(version), count);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.value.localeCompare(one.value, 'en', { numeric: true }));
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
