import { timestamp } from '../../../base/clock.ts';
import type { Snapshot } from '../../../git-store/config-repo.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import type { ClusterStatus, Condition } from '../../../resources/status.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** More than this many, and more than this share of all, is a crowd: probably a mistake. */
const CROWD_COUNT = 5;
const CROWD_SHARE = 0.05;
const COMMIT_TIMEOUT_MILLISECONDS = 10_000;

/** Reason of the condition `Offboarded` of a cluster whose file is gone and that waits for a maintainer's word. */
const HELD = 'RemovalHeld';

/** A registration whose file is no longer there. */
export interface Vanished {
  readonly name: string;
  readonly incarnation: string;
  /** What its file called it, where a hand had changed that. */
  readonly fileIncarnation?: string;
  /** Empty when it is not known any more. */
  readonly apiServer: string;
  /** The host of a virtual cluster, as far as it is known. */
  readonly host?: CredentialScope;
  /** A commit that had the registration, where the history between then and now has not been looked at. */
  readonly seenAt?: string;
}

/** True when so many vanished at once that somebody should confirm it. */
export function isCrowd(vanished: number, remaining: number): boolean {
  return vanished > CROWD_COUNT && vanished > CROWD_SHARE * (vanished + remaining);
}

/** The registrations that a new head no longer has. */
export function vanishedBetween(before: Snapshot, after: Snapshot): readonly Vanished[] {
  const vanished: Vanished[] = [];
  for (const [name, { cluster }] of before.clusters) {
    if (after.clusters.has(name)) continue;
    const host = before.clusters.get(cluster?.spec.hostCluster ?? '')?.cluster;
    vanished.push({
      name,
      incarnation: cluster?.incarnation ?? '',
      apiServer: cluster?.spec.apiServer ?? '',
      ...(host === undefined ? {} : { host: { cluster: host.name, incarnation: host.incarnation } }),
    });
  }
  return vanished;
}

/** The registrations that we have worked on and that are gone as the process starts. */
export function vanishedBefore(statuses: readonly ClusterStatus[], { clusters }: Snapshot): readonly Vanished[] {
  return statuses
    .filter((status) => !clusters.has(status.name) && !isHeld(status))
    .map(({ name, incarnation, commit, host, apiServer = '' }) => {
      return { name, incarnation, apiServer, seenAt: commit, ...(host === undefined ? {} : { host }) };
    });
}

/** The cluster's file is gone and a maintainer has not said yet that this was meant. */
export function isHeld({ conditions }: ClusterStatus): boolean {
  return conditions.some(({ type, reason }) => type === 'Offboarded' && reason === HELD);
}

/**
 * Sees to registrations whose file has vanished without an off-boarding record: a person removed it. Records their
 * off-boarding, or holds it back when it is likely to be a mistake.
 * @param isUnrelated the head has nothing to do with the one before
 * @returns names to be worked on
 */
export async function recordVanished(
  services: ControllerServices,
  vanished: readonly Vanished[],
  isUnrelated: boolean,
): Promise<readonly string[]> {
  const { repo, status, logger } = services;
  const recorded = new Set((await status.offboardings()).map(({ incarnation }) => incarnation));
  const known: Vanished[] = [];
  for (const cluster of vanished) {
    const registrations = await registrationsOf(services, cluster);
    known.push(...registrations.filter(({ incarnation }) => !recorded.has(incarnation)));
  }
  const names = [...new Set(known.map(({ name }) => name))];
  if (known.length === 0) return [];
  const isRewritten = isUnrelated || (await wasRewritten(services, known));
  if (isRewritten || isCrowd(names.length, repo.snapshot().clusters.size)) {
    logger.warn({ count: names.length, isRewritten }, 'removal is held back until a maintainer confirms it');
    for (const cluster of known) await holdBack(services, cluster);
    return [];
  }
  for (const cluster of known) await recordRemoval(services, cluster);
  return names;
}

/** True when a commit that had one of them is no longer in the history: nobody has removed it, it never was. */
async function wasRewritten({ repo }: ControllerServices, vanished: readonly Vanished[]): Promise<boolean> {
  const commits = new Set(vanished.flatMap(({ seenAt = '' }) => (seenAt === '' ? [] : [seenAt])));
  for (const commit of commits) {
    if (!(await repo.hasCommit(commit, AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS)))) return true;
  }
  return false;
}

/**
 * What went with the file: the registration that it named, and the one that was carried out where somebody had changed
 * the incarnation by hand. A file that could not be understood says nothing, the status does; without one there was none.
 */
async function registrationsOf({ status }: ControllerServices, vanished: Vanished): Promise<readonly Vanished[]> {
  const { name, incarnation } = vanished;
  const named = incarnation === '' ? [] : [vanished];
  const known = await status.status(name);
  if (known?.incarnation === '' && incarnation === '') await status.removeStatus(name, ''); // it was only about the file
  if (known === undefined || known.incarnation === '' || known.incarnation === incarnation) return named;
  if (incarnation === '') return [{ ...vanished, incarnation: known.incarnation }];
  if (isHeld(known)) return [vanished]; // that one waits for a maintainer's word as before
  const { host, apiServer = '' } = known;
  const carriedOut = { name, incarnation: known.incarnation, fileIncarnation: incarnation, apiServer };
  return [vanished, host === undefined ? carriedOut : { ...carriedOut, host }]; // the receipt of the last is what people see
}

async function recordRemoval(services: ControllerServices, vanished: Vanished): Promise<void> {
  const { repo, status, clock } = services;
  const { name, incarnation, fileIncarnation } = vanished;
  const stored = await status.status(name);
  const known = stored?.incarnation === incarnation ? stored : undefined; // it says where it really was
  const host = known?.host ?? vanished.host;
  const commit = await repo.lastCommit(name, AbortSignal.timeout(COMMIT_TIMEOUT_MILLISECONDS)).catch(() => undefined);
  await status.putOffboarding({
    cluster: name,
    incarnation,
    ...(fileIncarnation === undefined ? {} : { fileIncarnation }),
    apiServer: known?.apiServer ?? vanished.apiServer,
    hostCluster: host?.cluster ?? '',
    ...(host === undefined ? {} : { hostIncarnation: host.incarnation }),
    requestedBy: commit?.author ?? 'a commit',
    requestedAt: timestamp(clock.now()),
    requestId: '',
    forced: false,
    commit: commit?.id ?? repo.snapshot().commit,
    startedAt: '',
  });
}

/** Nothing of the cluster is touched; it shows what somebody has to decide, also after a restart. */
async function holdBack({ status, clock }: ControllerServices, { name, incarnation }: Vanished): Promise<void> {
  const message = 'its file vanished from the repository together with many others, or with the history';
  const remedy = confirmation(name);
  const known = await status.status(name);
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
    await status.putStatus({ ...known, phase: 'Degraded', conditions: [...others, held, ready] });
  }
  await status.addEvent({
    cluster: name,
    incarnation,
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
