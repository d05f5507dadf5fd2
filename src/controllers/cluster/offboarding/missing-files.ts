import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { timestamp } from '../../../base/clock.ts';
import type { Snapshot } from '../../../git-store/index.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import type { ClusterStatus, Condition } from '../../../resources/status.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** More than this many, and more than this share of all, at once is probably a mistake. */
const MASS_REMOVAL_COUNT = 5;
const MASS_REMOVAL_SHARE = 0.05;
const COMMIT_TIMEOUT_MILLISECONDS = 10_000;

/** Reason of the condition `Offboarded` of a cluster whose file is gone and that waits to be confirmed. */
const HELD = 'RemovalHeld';

/** A registration whose file is no longer there. */
export interface MissingRegistration {
  readonly name: string;
  readonly incarnation: string;
  /** What its file called it, where that was changed by hand. */
  readonly fileIncarnation?: string;
  /** Empty when it is not known any more. */
  readonly apiServer: string;
  /** The host of a virtual cluster, as far as it is known. */
  readonly host?: CredentialScope;
  /** A commit that had the registration, where the history between then and now has not been looked at. */
  readonly seenAt?: string;
}

/** True when so many are missing at once that a maintainer should confirm it. */
export function isMassRemoval(missing: number, remaining: number): boolean {
  return missing > MASS_REMOVAL_COUNT && missing > MASS_REMOVAL_SHARE * (missing + remaining);
}

/** The registrations that a new head no longer has. */
export function missingBetween(before: Snapshot, after: Snapshot): readonly MissingRegistration[] {
  const missing: MissingRegistration[] = [];
  const [earlier, present] = [before.of(clusterFiles), after.of(clusterFiles)];
  for (const [name, { resource: cluster }] of earlier) {
    if (present.has(name)) continue;
    const host = earlier.get(cluster?.spec.hostCluster ?? '')?.resource;
    missing.push({
      name,
      incarnation: cluster?.incarnation ?? '',
      apiServer: cluster?.spec.apiServer ?? '',
      ...(host === undefined ? {} : { host: { cluster: host.name, incarnation: host.incarnation } }),
    });
  }
  return missing;
}

/** The registrations that we have worked on and that are gone as the process starts. */
export function missingAtStart(statuses: readonly ClusterStatus[], head: Snapshot): readonly MissingRegistration[] {
  const clusters = head.of(clusterFiles);
  return statuses
    .filter((status) => !clusters.has(status.name) && !isRemovalHeld(status))
    .map(({ name, incarnation, commit, host, apiServer = '' }) => {
      return { name, incarnation, apiServer, seenAt: commit, ...(host === undefined ? {} : { host }) };
    });
}

/** The cluster's file is gone and a maintainer has not confirmed the removal yet. */
export function isRemovalHeld({ conditions }: ClusterStatus): boolean {
  return conditions.some(({ type, reason }) => type === 'Offboarded' && reason === HELD);
}

/**
 * Sees to registrations whose file is gone without an off-boarding record: a person removed it. Records their
 * off-boarding, or holds it back when it is likely to be a mistake.
 * @param isUnrelated the head has nothing to do with the one before
 * @returns names to be worked on
 */
export async function recordMissing(
  services: ControllerServices,
  missing: readonly MissingRegistration[],
  isUnrelated: boolean,
): Promise<readonly string[]> {
  const { repo, offboardings, logger } = services;
  const recorded = new Set((await offboardings.list(CLUSTER_KIND)).map(({ incarnation }) => incarnation));
  const known: MissingRegistration[] = [];
  for (const cluster of missing) {
    const registrations = await registrationsBehind(services, cluster);
    known.push(...registrations.filter(({ incarnation }) => !recorded.has(incarnation)));
  }
  const names = [...new Set(known.map(({ name }) => name))];
  if (known.length === 0) return [];
  const isRewritten = isUnrelated || (await wasRewritten(services, known));
  if (isRewritten || isMassRemoval(names.length, repo.snapshot().of(clusterFiles).size)) {
    logger.warn({ count: names.length, isRewritten }, 'removal is held back until a maintainer confirms it');
    for (const cluster of known) await holdRemoval(services, cluster);
    return [];
  }
  for (const cluster of known) await recordRemoval(services, cluster);
  return names;
}

/** True when a commit that had one of them is no longer in the history: nobody has removed it, it never was. */
async function wasRewritten({ repo }: ControllerServices, missing: readonly MissingRegistration[]): Promise<boolean> {
  const commits = new Set(missing.flatMap(({ seenAt = '' }) => (seenAt === '' ? [] : [seenAt])));
  for (const commit of commits) {
    if (!(await repo.hasCommit(commit, AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS)))) return true;
  }
  return false;
}

/**
 * What went with the file: the registration that it named, and the one that was carried out where the incarnation
 * was changed by hand. A file that could not be understood says nothing, the status does; without one there was none.
 */
async function registrationsBehind(
  { status }: ControllerServices,
  missing: MissingRegistration,
): Promise<readonly MissingRegistration[]> {
  const { name, incarnation } = missing;
  const named = incarnation === '' ? [] : [missing];
  const known = await status.get(clusterKey(name));
  // It was only about the file.
  if (known?.incarnation === '' && incarnation === '')
    await status.remove(clusterRegistration({ cluster: name, incarnation }));
  if (known === undefined || known.incarnation === '' || known.incarnation === incarnation) return named;
  if (incarnation === '') return [{ ...missing, incarnation: known.incarnation }];
  if (isRemovalHeld(known)) return [missing]; // that one waits to be confirmed as before
  const { host, apiServer = '' } = known;
  const carriedOut = { name, incarnation: known.incarnation, fileIncarnation: incarnation, apiServer };
  return [missing, host === undefined ? carriedOut : { ...carriedOut, host }]; // the receipt of the last is what people see
}

async function recordRemoval(services: ControllerServices, missing: MissingRegistration): Promise<void> {
  const { repo, status, offboardings, clock } = services;
  const { name, incarnation, fileIncarnation } = missing;
  const stored = await status.get(clusterKey(name));
  const known = stored?.incarnation === incarnation ? stored : undefined; // it says where it really was
  const host = known?.host ?? missing.host;
  const signal = AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS);
  const commit = await repo.lastCommit(clusterFiles, name, signal).catch(() => undefined);
  const record: OffboardingRecord = {
    cluster: name,
    incarnation,
    ...(fileIncarnation === undefined ? {} : { fileIncarnation }),
    apiServer: known?.apiServer ?? missing.apiServer,
    hostCluster: host?.cluster ?? '',
    ...(host === undefined ? {} : { hostIncarnation: host.incarnation }),
    requestedBy: commit?.author ?? 'a commit',
    requestedAt: timestamp(clock.now()),
    requestId: '',
    forced: false,
    commit: commit?.id ?? repo.snapshot().commit,
    startedAt: '',
  };
  await offboardings.put(clusterRegistration(record), record);
}

/** Nothing of the cluster is touched; the status shows what a maintainer has to decide, also after a restart. */
async function holdRemoval(
  { status, events, clock }: ControllerServices,
  { name, incarnation }: MissingRegistration,
): Promise<void> {
  const message = 'its file vanished from the repository together with many others, or with the history';
  const remedy = confirmation(name);
  const registration = clusterRegistration({ cluster: name, incarnation });
  const known = await status.get(registration);
  if (known?.incarnation === incarnation) {
    const now = timestamp(clock.now());
    const held: Condition = {
      type: 'Offboarded',
      status: 'False',
      reason: HELD,
      message,
      remedy,
      lastTransitionTime: now,
    };
    const ready: Condition = { ...held, type: 'Ready' };
    const others = known.conditions.filter(({ type }) => type !== 'Offboarded' && type !== 'Ready');
    await status.put(registration, { ...known, phase: 'Degraded', conditions: [...others, held, ready] });
  }
  await events.add({
    ...registration,
    type: 'Warning',
    reason: HELD,
    message: `${message}; nothing of the cluster is removed. ${remedy}`,
    subject: 'Offboarded',
  });
}

/** What a person can do about a removal that is held back. */
export function confirmation(name: string): string {
  return `Restore the file, or confirm the removal: DELETE /api/v1/clusters/${name}.`;
}
