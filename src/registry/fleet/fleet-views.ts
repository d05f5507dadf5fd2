import type { FleetComponent, FleetRow } from './fleet-row.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** What a component of the catalogue is now. */
export interface CatalogVersion {
  readonly name: string;
  readonly category: string;
  readonly version: string;
}

/** All clusters counted. */
export interface FleetSummary {
  readonly total: number;
  readonly by_phase: Record<string, number>;
  /** By `host`, `deployment`, `pipeline`, and `unknown` where the file cannot be understood, or is gone. */
  readonly by_kind: Record<string, number>;
  /** By type: `physical`, `virtual`, `unknown`. */
  readonly by_type: Record<string, number>;
  /** By minor version, such as `v1.36`; `unknown` before the first look. */
  readonly by_kubernetes: Record<string, number>;
  /** Of those that are not ready. */
  readonly by_reason: Record<string, number>;
  readonly credentials: Record<'ended' | 'within_1_day' | 'within_7_days' | 'within_30_days', number>;
  readonly paused: number;
  /** Being set up, or on their way out. */
  readonly running: number;
}

/** @param now milliseconds since 1970 */
export function fleetSummary(rows: readonly FleetRow[], now: number): FleetSummary {
  const endsWithin = (days: number): number =>
    rows.filter(({ credentialExpiresAt: end }) => end !== '' && Date.parse(end) <= now + days * DAY_MILLISECONDS)
      .length;
  return {
    total: rows.length,
    by_phase: counted(rows, ({ phase }) => phase),
    by_kind: counted(rows, ({ usage, workerType }) => (usage === 'worker' ? workerType || usage : usage)),
    by_type: counted(rows, ({ clusterType }) => clusterType),
    by_kubernetes: counted(rows, ({ kubernetesVersion }) => /^v?\d+\.\d+/.exec(kubernetesVersion)?.[0] ?? ''),
    by_reason: counted(
      rows.filter(({ phase }) => phase !== 'Ready'),
      ({ reason }) => reason,
    ),
    credentials: {
      ended: endsWithin(0),
      within_1_day: endsWithin(1),
      within_7_days: endsWithin(7),
      within_30_days: endsWithin(30),
    },
    paused: rows.filter(({ paused }) => paused !== undefined).length,
    running: rows.filter(({ phase }) => phase === 'Provisioning' || phase === 'Deleting').length,
  };
}

function counted(rows: readonly FleetRow[], keyOf: (row: FleetRow) => string): Record<string, number> {
  const counts = [...Map.groupBy(rows, (row) => keyOf(row) || 'unknown')].map(
    ([key, group]) => [key, group.length] as const,
  );
  return Object.fromEntries(counts.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** A version of a component across all clusters. */
export interface VersionCount {
  readonly version: string;
  readonly clusters: number;
  readonly not_ready: number;
  /** Names of the clusters; absent unless one component was asked for. */
  readonly names?: string[];
}

export interface ComponentRow {
  readonly name: string;
  readonly category: string;
  /** In the catalogue; empty when it is not in there any more. */
  readonly version: string;
  readonly versions: VersionCount[];
  /** Where it is not ready, and why, at most {@link MAXIMUM_FAILING}; absent unless one component was asked for. */
  readonly failing?: readonly FailingComponent[];
}

/** Clusters that are named with the reason why a component is not ready there. */
export const MAXIMUM_FAILING = 200;

/** A component that is not ready on a cluster. */
export interface FailingComponent extends FleetComponent {
  readonly cluster: string;
}

/** Which of the components, and versions, are wanted; empty for all. */
export interface WantedComponents {
  readonly component: string;
  readonly version: string;
}

/** Every component of the catalogue, and those that clusters still have, with the versions there are, newest count first. */
export function componentMatrix(
  rows: readonly FleetRow[],
  catalog: readonly CatalogVersion[],
  wanted: WantedComponents,
): ComponentRow[] {
  const found = new Map<string, Map<string, { names: string[]; notReady: number }>>();
  for (const { name, version } of rows.flatMap(({ components }) => components)) {
    if (!found.has(name)) found.set(name, new Map());
    found.get(name)?.set(version, { names: [], notReady: 0 });
  }
  for (const row of rows) {
    for (const { name, version, phase } of row.components) {
      const count = found.get(name)?.get(version);
      count?.names.push(row.name);
      if (count !== undefined && phase !== 'Ready') count.notReady += 1;
    }
  }
  const known = new Set(catalog.map(({ name }) => name));
  const gone = [...found.keys()].filter((name) => !known.has(name)).toSorted();
  const all = [...catalog, ...gone.map((name) => ({ name, category: '', version: '' }))];
  return all
    .filter(({ name }) => wanted.component === '' || name === wanted.component)
    .map(({ name, category, version }) => ({
      name,
      category,
      version,
      versions: [...(found.get(name) ?? [])]
        .filter(([each]) => wanted.version === '' || each === wanted.version)
        .map(([each, { names, notReady }]) => ({
          version: each,
          clusters: names.length,
          not_ready: notReady,
          ...(wanted.component !== '' && { names }),
        }))
        .toSorted((left, right) => right.clusters - left.clusters),
      ...(wanted.component !== '' && { failing: failingOn(rows, wanted) }),
    }));
}

function failingOn(rows: readonly FleetRow[], { component, version }: WantedComponents): readonly FailingComponent[] {
  const failing: FailingComponent[] = [];
  for (const row of rows) {
    const found = row.components.find(({ name }) => name === component);
    if (found === undefined || found.phase === 'Ready' || (version !== '' && found.version !== version)) continue;
    failing.push({ ...found, cluster: row.name });
    if (failing.length === MAXIMUM_FAILING) break;
  }
  return failing;
}
