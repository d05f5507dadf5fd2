import { phases } from '../../../resources/phase.ts';
import { CLUSTER_KIND } from '../../../resources/cluster/cluster-key.ts';
import { activePause } from '../../../resources/cluster/pause.ts';
import type { GitStore, Snapshot } from '../../../git-store/index.ts';
import { productFiles } from '../../../resources/product/product-files.ts';
import { unresolvedReferences } from '../../../resources/references.ts';
import { tenantKinds } from '../../../resources/tenant-kinds.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import type { OffboardingLedger } from '../../../state/index.ts';
import { VERSION } from '../version.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ErrorReason } from '../../../messages/errors/index.ts';
import { publicationNames } from '../../../resources/cluster/publication.ts';
import type { ReplicaState } from '../../../replicas/index.ts';
import type { CountedStatus, CountedStatuses } from './counted-statuses.ts';
import type { GaugeReading } from './prometheus-metrics.ts';
import type { Readiness } from '../../../api/index.ts';
import { conditionTypes } from '../../../resources/condition.ts';

const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** A credential that expires within this time counts as expiring soon: our own are renewed long before. */
const SOON_DAYS = 7;
/** Share of a credential's life after which its renewal, which is due at half of it, counts as overdue. */
const OVERDUE_SHARE = 0.8;

/** The sources of the gauges; parts that this process does not have are absent. */
export interface ReadingSources {
  readonly repo: Pick<GitStore, 'snapshot' | 'isCurrent'>;
  readonly statuses: Pick<CountedStatuses, 'list'>;
  readonly offboardings: Pick<OffboardingLedger, 'list'>;
  readonly now: () => number;
  readonly queue: () => Readonly<Record<string, LaneLoad>> | undefined;
  readonly connections: () => number | undefined;
  readonly eventStreams: () => number | undefined;
  /** Absent where no other process works on the same clusters. */
  readonly replica?: () => ReplicaState | undefined;
  readonly readiness: () => Promise<Pick<Readiness, 'checks'>>;
}

interface LaneLoad {
  readonly waiting: number;
  readonly running: number;
  readonly oldestMilliseconds: number;
}

/**
 * The current state, aggregated: no series is per cluster, so that the number of series does not grow
 * with the number of clusters and metrics disclose no names.
 */
export async function readGauges(sources: ReadingSources): Promise<readonly GaugeReading[]> {
  const { repo, now } = sources;
  const [statuses, offboardings, { checks }] = await Promise.all([
    sources.statuses.list(),
    sources.offboardings.list(CLUSTER_KIND),
    sources.readiness(),
  ]);
  const snapshot = repo.snapshot();
  const entries = [...snapshot.of(clusterFiles).values()];
  return [
    { name: 'nautes_build_info', help: 'The running version.', values: [{ labels: { version: VERSION }, value: 1 }] },
    single('nautes_config_repository_current', 'Whether the branch can be fetched.', repo.isCurrent ? 1 : 0),
    checkStates(checks),
    single('nautes_offboardings', 'Registrations that are being off-boarded.', offboardings.length),
    ...deletions(offboardings, now()),
    single(
      'nautes_cluster_files_unreadable',
      'Files of clusters that cannot be parsed.',
      entries.filter(({ resource }) => resource === undefined).length,
    ),
    ...productCounts(snapshot),
    clustersByPhase(new Set(entries.map(({ name }) => name)), statuses),
    single('nautes_clusters_paused', 'Clusters that are paused.', paused(statuses, now())),
    clustersByCondition(statuses),
    componentsByPhase(statuses),
    single(
      'nautes_components_contested',
      'Components of which another manager keeps changing a field that Nautes had set back.',
      statuses.flatMap(({ components }) => components).filter(({ reason }) => reason === CONTESTED).length,
    ),
    publicationsByState(statuses),
    ...credentialEnds(statuses, now()),
    ...queueGauges(sources.queue() ?? {}),
    ...optional('nautes_cluster_connections_open', 'Connections to clusters.', sources.connections()),
    ...optional('nautes_event_streams_open', 'Clients that follow events.', sources.eventStreams()),
    ...replicaGauges(sources.replica?.()),
  ];
}

const DELETION_STATES = ['Requested', 'Unreached', 'Removing', 'Ending'] as const;

/** How far the off-boarding is. */
function deletionState(record: OffboardingRecord): (typeof DELETION_STATES)[number] {
  if (record.components !== undefined) return 'Ending';
  if (record.reachedAt !== undefined) return 'Removing';
  return record.startedAt === '' ? 'Requested' : 'Unreached';
}

/** Deletions that are under way by how far they are, and how old the oldest is. */
function deletions(records: readonly OffboardingRecord[], now: number): readonly GaugeReading[] {
  const states = records.map(deletionState);
  const ages = records.map(({ requestedAt }) => (now - Date.parse(requestedAt)) / 1000);
  const oldest = ages.filter((age) => age > 0).reduce((left, right) => Math.max(left, right), 0);
  return [
    {
      name: 'nautes_deletions',
      help: 'Deletions under way: Requested, Unreached (not reached with objects to remove yet), Removing, Ending.',
      values: DELETION_STATES.map((state) => ({
        labels: { state },
        value: states.filter((one) => one === state).length,
      })),
    },
    single('nautes_deletion_oldest_seconds', 'How long ago the oldest deletion under way was requested.', oldest),
  ];
}

/** What the list of products has, and how many of the clusters' references lead to nothing in the repository. */
function productCounts(snapshot: Snapshot): readonly GaugeReading[] {
  const products = [...snapshot.of(productFiles).values()];
  const readable = products.filter(({ resource }) => resource !== undefined).length;
  const unresolved = unresolvedReferences(tenantKinds, snapshot);
  return [
    single('nautes_products', 'Products that the tenant configuration repository lists.', readable),
    single('nautes_product_files_unreadable', 'Files of products that cannot be read.', products.length - readable),
    {
      name: 'nautes_unresolved_references',
      help: 'References among files of the tenant configuration repository to what has no file, by what they refer to.',
      values: tenantKinds.map(({ kind: { kind } }) => ({
        labels: { kind },
        value: unresolved.filter((reference) => reference.kind === kind).length,
      })),
    },
  ];
}

/** What a component's status says when a field is contested. */
const CONTESTED = 'FieldContested' satisfies ErrorReason;

const CHECK_STATES = ['ok', 'degraded', 'failed', 'off'] as const;

/** The checks of readiness: of each the state that it is in is 1. */
function checkStates(checks: Readiness['checks']): GaugeReading {
  return {
    name: 'nautes_check',
    help: 'Checks of readiness: 1 for the state that each is in.',
    values: Object.entries(checks).flatMap(([check, found]) =>
      CHECK_STATES.map((state) => ({ labels: { check, state }, value: state === found ? 1 : 0 })),
    ),
  };
}

const CONDITION_STATUSES = ['True', 'False', 'Unknown'] as const;

/** Conditions that do not count for `Ready` are left out. */
function clustersByCondition(statuses: readonly CountedStatus[]): GaugeReading {
  const counts = new Map<string, number>();
  for (const { type, status, optional: isOptional } of statuses.flatMap(({ conditions }) => conditions)) {
    if (isOptional !== true) counts.set(`${type}/${status}`, (counts.get(`${type}/${status}`) ?? 0) + 1);
  }
  return {
    name: 'nautes_cluster_conditions',
    help: 'Clusters by condition and its status, without conditions that do not count for Ready.',
    values: conditionTypes.flatMap((condition) =>
      CONDITION_STATUSES.map((status) => ({
        labels: { condition, status },
        value: counts.get(`${condition}/${status}`) ?? 0,
      })),
    ),
  };
}

/** A registered cluster without a status is pending. */
function clustersByPhase(registered: ReadonlySet<string>, statuses: readonly CountedStatus[]): GaugeReading {
  const counts = new Map<string, number>(phases.map((phase) => [phase, 0]));
  for (const { phase } of statuses) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  const known = new Set(statuses.map(({ name }) => name));
  const unseen = [...registered].filter((name) => !known.has(name)).length;
  counts.set('Pending', (counts.get('Pending') ?? 0) + unseen);
  return {
    name: 'nautes_clusters',
    help: 'Clusters by phase.',
    values: [...counts].map(([phase, value]) => ({ labels: { phase }, value })),
  };
}

function paused(statuses: readonly CountedStatus[], now: number): number {
  return statuses.filter((status) => status.phase !== 'Deleting' && activePause(status, now) !== undefined).length;
}

function componentsByPhase(statuses: readonly CountedStatus[]): GaugeReading {
  const counts = new Map<string, { readonly labels: { component: string; phase: string }; value: number }>();
  for (const { name: component, phase } of statuses.flatMap(({ components }) => components)) {
    const key = `${component}/${phase}`;
    const count = counts.get(key) ?? { labels: { component, phase }, value: 0 };
    count.value += 1;
    counts.set(key, count);
  }
  return { name: 'nautes_components', help: 'Components of the catalogue by phase.', values: [...counts.values()] };
}

const PUBLICATION_STATES = ['Published', 'Waiting', 'Failing'] as const;

/** In how many places clusters are published, by the way of it: `Waiting` for them to become ready, or not as configured. */
function publicationsByState(statuses: readonly CountedStatus[]): GaugeReading {
  const counts = new Map<string, number>();
  for (const { name, reason } of statuses.flatMap(({ published }) => published)) {
    const key = `${name}/${publicationState(reason)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return {
    name: 'nautes_publications',
    help: 'Publications of clusters in the management cluster, by state: Published, Waiting, Failing.',
    values: publicationNames.flatMap((publication) =>
      PUBLICATION_STATES.map((state) => ({
        labels: { publication, state },
        value: counts.get(`${publication}/${state}`) ?? 0,
      })),
    ),
  };
}

function publicationState(reason: string): (typeof PUBLICATION_STATES)[number] {
  if (reason === 'Published') return 'Published';
  return reason === 'WaitsForReady' ? 'Waiting' : 'Failing';
}

function credentialEnds(statuses: readonly CountedStatus[], now: number): readonly GaugeReading[] {
  const ends = statuses.map(({ credential }) => Date.parse(credential.expiresAt)).filter((end) => !Number.isNaN(end));
  const soon = ends.filter((end) => end < now + SOON_DAYS * DAY_MILLISECONDS).length;
  const first = ends.reduce((left, right) => Math.min(left, right), Number.POSITIVE_INFINITY);
  const overdue = statuses.filter(({ credential: { rotatedAt, expiresAt } }) => {
    const [from, to] = [Date.parse(rotatedAt), Date.parse(expiresAt)];
    return now > from + (to - from) * OVERDUE_SHARE; // never when one of them is not known
  });
  return [
    single(
      'nautes_credentials_overdue',
      'Own credentials that should have been renewed and have less than a fifth of their life left, or none.',
      overdue.length,
    ),
    single('nautes_credentials_expiring', `Credentials in use that expire within ${SOON_DAYS} days.`, soon),
    ...optional(
      'nautes_credential_expiry_timestamp_seconds',
      'When the first of the credentials in use expires.',
      ends.length === 0 ? undefined : first / 1000,
    ),
  ];
}

function queueGauges(lanes: NonNullable<ReturnType<ReadingSources['queue']>>): readonly GaugeReading[] {
  const entries = Object.entries(lanes);
  if (entries.length === 0) return [];
  return [
    {
      name: 'nautes_workqueue_depth',
      help: 'Clusters that wait in the queue.',
      values: entries.map(([lane, { waiting }]) => ({ labels: { lane }, value: waiting })),
    },
    {
      name: 'nautes_workqueue_running',
      help: 'Clusters that are being reconciled.',
      values: entries.map(([lane, { running }]) => ({ labels: { lane }, value: running })),
    },
    {
      name: 'nautes_workqueue_oldest_seconds',
      help: 'How long the cluster that has waited longest in the queue has waited.',
      values: entries.map(([lane, { oldestMilliseconds }]) => ({ labels: { lane }, value: oldestMilliseconds / 1000 })),
    },
  ];
}

function single(name: string, help: string, value: number): GaugeReading {
  return { name, help, values: [{ labels: {}, value }] };
}

function optional(name: string, help: string, value: number | undefined): readonly GaugeReading[] {
  return value === undefined ? [] : [single(name, help, value)];
}

function replicaGauges(state: ReplicaState | undefined): readonly GaugeReading[] {
  if (state === undefined) return [];
  const { isMember, owned, unowned, others } = state;
  return [
    single('nautes_replica_member', 'Whether this replica may work: its Lease is fresh.', isMember ? 1 : 0),
    single('nautes_replica_buckets_owned', 'Parts of the work, of 64, that this replica has.', owned),
    single('nautes_replica_buckets_unowned', 'Parts of the work, of 64, that no replica has.', unowned),
    single('nautes_replicas', 'Replicas that are alive as this one sees it, with itself.', others.length + 1),
  ];
}
