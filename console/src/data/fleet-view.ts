import type { FleetRowView } from '../../../src/contract/views.ts';

/** What a list of clusters shows, as it stands in the address of the page. Lists are separated by commas. */
export interface FleetFilter {
  /** Words that all have to be found in what a row says. */
  readonly q?: string;
  readonly phase?: string;
  readonly kind?: string;
  readonly host?: string;
  readonly version?: string;
  /** Of a component that is not ready. */
  readonly component?: string;
  readonly reason?: string;
  /** Days within which the credential ends. */
  readonly ends?: string;
}

/** The same with the order of the rows, see {@link sortRows}. */
export interface ListSearch extends FleetFilter {
  readonly sort?: string;
}

export const filterKeys = ['phase', 'kind', 'version', 'host', 'component', 'reason'] as const;
export type FilterKey = (typeof filterKeys)[number];

/** The columns of the list, each of which it can be sorted by. */
export const sortKeys = [
  'name',
  'phase',
  'reason',
  'kind',
  'version',
  'components',
  'credential',
  'address',
  'changed',
] as const;
export type SortKey = (typeof sortKeys)[number];

export type Kind = 'host' | 'worker' | 'virtual' | '';

/** What people call a cluster: a host, a virtual cluster, or a worker; empty where that is not known. */
export function kindOf({ usage, cluster_type: type }: FleetRowView): Kind {
  if (usage === 'host') return 'host';
  if (type === 'virtual') return 'virtual';
  return usage === 'worker' ? 'worker' : '';
}

/** `v1.36` of `v1.36.4+k3s1`. */
export function minorVersion(version: string): string {
  return /^v?\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** The values of a filter in a row. */
export function valuesOf(row: FleetRowView, key: FilterKey): readonly string[] {
  return FILTER_VALUES[key](row);
}

const FILTER_VALUES: Readonly<Record<FilterKey, (row: FleetRowView) => readonly string[]>> = {
  phase: ({ phase, paused }) => (paused === undefined ? [phase] : ['Paused', phase]),
  kind: (row) => [kindOf(row)],
  version: (row) => [minorVersion(row.kubernetes_version)],
  host: (row) => [row.host_cluster],
  component: (row) => row.components.not_ready,
  reason: (row) => [row.reason],
};

export function listOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(',').filter((each) => each !== '');
}

/** The rows that the filter leaves, in the order they come. */
export function filterRows(rows: readonly FleetRowView[], filter: FleetFilter, now: number): readonly FleetRowView[] {
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = filterKeys
    .map((key) => ({ key, values: new Set(listOf(filter[key])) }))
    .filter(({ values }) => values.size > 0);
  const days = Number(filter.ends ?? '');
  return rows.filter(
    (row) =>
      wanted.every(({ key, values }) => valuesOf(row, key).some((value) => values.has(value))) &&
      (days <= 0 || endsWithin(row, days, now)) &&
      (words.length === 0 || saysAll(row, words)),
  );
}

const DAY = 86_400_000;

/** Whether the credential in use ends within so many days. */
export function endsWithin({ credential_expires_at: end }: FleetRowView, days: number, now: number): boolean {
  return end !== '' && Date.parse(end) - now < days * DAY;
}

function saysAll(row: FleetRowView, words: readonly string[]): boolean {
  const said = [row.name, row.api_server, row.host_cluster, row.reason, row.message, row.changed_by, row.worker_type]
    .join('\n')
    .toLowerCase();
  return words.every((word) => said.includes(word));
}

/** How much a phase needs somebody, the most first. */
const URGENCY = ['Failed', 'Degraded', 'Deleting', 'Provisioning', 'Pending', 'Ready'];

/** Rows in the order of `-phase` or `name`; equal ones by name. */
export function sortRows(rows: readonly FleetRowView[], sort: string): readonly FleetRowView[] {
  const isDescending = sort.startsWith('-');
  const key = sortKeys.find((each) => each === sort.replace(/^-/, '')) ?? 'name';
  if (key === 'name') return isDescending ? rows.toReversed() : rows;
  const sign = isDescending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, value: SORT_VALUES[key](row) }));
  keyed.sort((one, other) => {
    const difference = compare(one.value, other.value);
    return difference === 0 ? compare(one.row.name, other.row.name) : sign * difference;
  });
  return keyed.map(({ row }) => row);
}

const LAST = '\uFFFF';

const SORT_VALUES: Readonly<Record<SortKey, (row: FleetRowView) => string | number>> = {
  name: ({ name }) => name,
  phase: ({ phase }) => URGENCY.indexOf(phase),
  kind: (row) => `${kindOf(row)} ${row.host_cluster} ${row.worker_type}`,
  version: ({ kubernetes_version: version }) => version.replace(/\d+/g, (digits) => digits.padStart(6, '0')),
  components: ({ components: { ready, total } }) => (total === 0 ? 2 : ready / total),
  credential: ({ credential_expires_at: end }) => (end === '' ? LAST : end),
  changed: ({ changed_at: at }) => at,
  address: ({ api_server: address }) => address,
  reason: ({ reason }) => reason,
};

function compare<T extends string | number>(one: T, other: T): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export interface Choice {
  readonly value: string;
  readonly count: number;
}

/** The values that a filter can have, with how many rows have each, the most frequent first. */
export function choicesOf(rows: readonly FleetRowView[], key: FilterKey): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const value of valuesOf(row, key)) {
      if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || compare(one.value, other.value));
}

/** Whether somebody has to do something: a cluster that has failed, or is not as declared. */
export function needsPerson({ phase, paused }: FleetRowView): boolean {
  return phase === 'Failed' || (phase === 'Degraded' && paused === undefined);
}

export function isBeingWorkedOn({ phase }: FleetRowView): boolean {
  return phase === 'Pending' || phase === 'Provisioning' || phase === 'Deleting';
}

const CSV_COLUMNS = [
  'name',
  'phase',
  'reason',
  'message',
  'cluster_type',
  'usage',
  'worker_type',
  'host_cluster',
  'api_server',
  'kubernetes_version',
  'credential_expires_at',
  'changed_at',
  'changed_by',
] as const satisfies readonly (keyof FleetRowView)[];

/** The rows as CSV (RFC 4180). Cells that a spreadsheet would take for a formula begin with an apostrophe. */
export function csvOf(rows: readonly FleetRowView[]): string {
  const lines = [CSV_COLUMNS.join(','), ...rows.map((row) => CSV_COLUMNS.map((column) => cell(row[column])).join(','))];
  return `${lines.join('\r\n')}\r\n`;
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
