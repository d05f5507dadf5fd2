import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { action, type Action } from '../../../messages/action.ts';
import { message } from '../../../messages/message.ts';
import { timestamp } from '../../../base/clock.ts';
import type { Snapshot } from '../../../git-store/index.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import {
  type DepartingRegistration,
  departingRegistrations,
  newOffboarding,
} from '../../../resources/cluster/departing-registration.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ClusterStatus } from '../../../resources/cluster/cluster-status.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** More than this many, and more than this share of all, at once is probably a mistake. */
const MASS_REMOVAL_COUNT = 5;
const MASS_REMOVAL_SHARE = 0.05;
const COMMIT_TIMEOUT_MILLISECONDS = 10_000;

/** Reason of the condition `Offboarded` of a cluster whose file is gone and that waits to be confirmed. */
const HELD = 'RemovalHeld';

/** A file that is no longer there. */
export interface MissingFile {
  readonly name: string;
  /** The registration that it had; absent when it could not be understood, or was not seen. */
  readonly cluster?: Cluster;
  /** Of the host that it named. */
  readonly hostIncarnation?: string;
  /** A commit that had the file, where the history between then and now has not been checked. */
  readonly seenAt?: string;
}

/** True when so many are missing at once that a maintainer should confirm it. */
export function isMassRemoval(missing: number, remaining: number): boolean {
  return missing > MASS_REMOVAL_COUNT && missing > MASS_REMOVAL_SHARE * (missing + remaining);
}

/** The files that a new head no longer has. */
export function missingBetween(before: Snapshot, after: Snapshot): readonly MissingFile[] {
  const missing: MissingFile[] = [];
  const [earlier, present] = [before.of(clusterFiles), after.of(clusterFiles)];
  for (const [name, { resource: cluster }] of earlier) {
    if (present.has(name)) continue;
    const host = earlier.get(cluster?.spec.hostCluster ?? '')?.resource;
    missing.push({ name, cluster, hostIncarnation: host?.incarnation });
  }
  return missing;
}

/** The files of registrations that we have worked on and that are gone as the process starts. */
export function missingAtStart(statuses: readonly ClusterStatus[], head: Snapshot): readonly MissingFile[] {
  const clusters = head.of(clusterFiles);
  return statuses
    .filter((status) => !clusters.has(status.name) && !isRemovalHeld(status))
    .map(({ name, commit }) => ({ name, seenAt: commit }));
}

/** The cluster's file is gone and a maintainer has not confirmed the removal yet. */
export function isRemovalHeld({ conditions }: ClusterStatus): boolean {
  return conditions.some(({ type, reason }) => type === 'Offboarded' && reason === HELD);
}

/**
 * Sees to registrations whose file is gone without an off-boarding record: a person removed it. Records their
 * off-boarding, or holds it back when it is likely to be a mistake. Where several processes share the clusters, each looks
 * at all of them to tell a mistake, and sees to its own.
 * @param isUnrelated the head has nothing to do with the one before
 * @returns names to be worked on
 */
export async function recordMissing(
  services: ControllerServices,
  missing: readonly MissingFile[],
  isUnrelated: boolean,
): Promise<readonly string[]> {
  const { repo, offboardings, ownership, logger } = services;
  const isOwn = ({ cluster }: DepartingRegistration): boolean => ownership?.owns(clusterKey(cluster)) ?? true;
  const recorded = new Set((await offboardings.list(CLUSTER_KIND)).map(({ incarnation }) => incarnation));
  const registrations: DepartingRegistration[] = [];
  const files: MissingFile[] = [];
  for (const file of missing) {
    const unrecorded = (await registrationsBehind(services, file)).filter(
      ({ incarnation }) => !recorded.has(incarnation),
    );
    registrations.push(...unrecorded);
    if (unrecorded.length > 0) files.push(file);
  }
  if (registrations.length === 0) return [];
  const isRewritten = isUnrelated || (await wasRewritten(services, files));
  if (isRewritten || isMassRemoval(files.length, repo.snapshot().of(clusterFiles).size)) {
    logger.warn({ count: files.length, isRewritten }, 'removal is held back until a maintainer confirms it');
    for (const each of registrations.filter(isOwn)) await holdRemoval(services, each);
    return [];
  }
  for (const each of registrations.filter(isOwn)) await recordRemoval(services, each);
  return files.map(({ name }) => name);
}

/** True when a commit that had one of them is no longer in the history: it was not removed, the history was rewritten. */
async function wasRewritten({ repo }: ControllerServices, missing: readonly MissingFile[]): Promise<boolean> {
  const commits = new Set(missing.flatMap(({ seenAt = '' }) => (seenAt === '' ? [] : [seenAt])));
  for (const commit of commits) {
    if (!(await repo.hasCommit(commit, AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS)))) return true;
  }
  return false;
}

/** What went with the file. A registration of another incarnation whose removal is held waits to be confirmed as before. */
async function registrationsBehind(
  { repo, status, inventory, reporting, ownership }: ControllerServices,
  { name, cluster, hostIncarnation }: MissingFile,
): Promise<readonly DepartingRegistration[]> {
  const known = await status.get(clusterKey(name));
  const isOwn = ownership?.owns(clusterKey(name)) ?? true;
  if (isOwn && known?.incarnation === '' && cluster === undefined) {
    await reporting.forget(name); // it was only about the file
  }
  const isHeld = cluster !== undefined && known !== undefined && isRemovalHeld(known);
  const { incarnation = '' } = cluster ?? {};
  const registered = (host: string): string | undefined =>
    repo.snapshot().of(clusterFiles).get(host)?.resource?.incarnation;
  const registrations = departingRegistrations(cluster, {
    status: known,
    inventory: await inventory.list(clusterRegistration({ cluster: name, incarnation })),
    hostIncarnation: (host) => (host === cluster?.spec.hostCluster ? hostIncarnation : registered(host)),
  });
  return isHeld ? registrations.filter(({ fileIncarnation }) => fileIncarnation === undefined) : registrations;
}

async function recordRemoval(services: ControllerServices, registration: DepartingRegistration): Promise<void> {
  const { repo, offboardings, clock } = services;
  const deadline = AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS);
  const commit = await repo.lastCommit(clusterFiles, registration.cluster, deadline).catch(() => undefined);
  const request = {
    requestedBy: commit?.author ?? 'a commit',
    requestedAt: timestamp(clock.now()),
    requestId: '',
    forced: false,
    commit: commit?.id ?? repo.snapshot().commit,
  };
  await offboardings.put(clusterRegistration(registration), newOffboarding(registration, request));
}

/** Nothing of the cluster is touched; the status shows what a maintainer has to decide, also after a restart. */
async function holdRemoval(
  { events, reporting }: ControllerServices,
  { cluster, incarnation }: DepartingRegistration,
): Promise<void> {
  const held = { reason: HELD, message: message('RemovalHeld'), action: confirmation(cluster) };
  const registration = clusterRegistration({ cluster, incarnation });
  const reporter = await reporting.resume(registration);
  if (reporter !== undefined) return reporter.summarize({ situation: 'removalHeld', ...held });
  await events.add({ ...registration, type: 'Warning', ...held, subject: 'Offboarded' });
}

/** What a person can do about a removal that is held back. */
export function confirmation(cluster: string): Action {
  return action('ConfirmRemoval', { cluster });
}
