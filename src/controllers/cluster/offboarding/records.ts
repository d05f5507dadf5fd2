import { CLUSTER_KIND, clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { timestamp } from '../../../base/clock.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** A record whose commit never came is forgotten after this time: the server died between the two. */
const STALE_RECORD_MILLISECONDS = 60 * 60_000;

/**
 * A registration that is there keeps its record for a while: its commit may be on the way. An off-boarding that has begun
 * had its commit, which was undone: what it has found out says nothing of the next one.
 */
export async function forgetWhenOver(services: ControllerServices, record: OffboardingRecord): Promise<void> {
  const isUndone = record.startedAt !== '';
  const age = services.clock.now() - Date.parse(record.requestedAt);
  if (isUndone || age > STALE_RECORD_MILLISECONDS) await services.offboardings.remove(clusterRegistration(record));
}

/** The record with the commit that removed the registration, and when the off-boarding began. */
export async function ensureStarted(
  services: ControllerServices,
  record: OffboardingRecord,
  signal: AbortSignal,
): Promise<OffboardingRecord> {
  if (record.startedAt !== '') return record;
  const commit = record.commit || (await removingCommit(services, record, signal));
  signal.throwIfAborted(); // the file may have come back meanwhile
  return updateRecord(services, record, { commit, startedAt: timestamp(services.clock.now()) });
}

/**
 * Changes the record as it is now: force may have been requested in the meantime. One that has taken its place, or that
 * was forgotten, is left alone: it is about another deletion.
 */
export async function updateRecord(
  { offboardings }: ControllerServices,
  record: OffboardingRecord,
  change: Partial<OffboardingRecord>,
): Promise<OffboardingRecord> {
  const now = (await offboardings.list(CLUSTER_KIND)).find(({ incarnation }) => incarnation === record.incarnation);
  const isSame = now?.startedAt === record.startedAt && now.requestedAt === record.requestedAt;
  if (!isSame) return { ...record, ...change };
  const updated = { ...now, ...change };
  await offboardings.put(clusterRegistration(updated), updated);
  return updated;
}

/** The commit that removed the cluster; empty when the name was registered again before anybody looked. */
async function removingCommit(
  { repo }: ControllerServices,
  { cluster, requestId }: OffboardingRecord,
  signal: AbortSignal,
): Promise<string> {
  if (repo.snapshot().of(clusterFiles).has(cluster)) return '';
  const commit = await repo.lastCommit(clusterFiles, cluster, signal).catch(() => undefined);
  if (commit === undefined) return '';
  const isOther = requestId !== '' && (commit.trailers.get('Request-Id') ?? requestId) !== requestId;
  return isOther ? '' : commit.id;
}
