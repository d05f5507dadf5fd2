import { defined } from '../../../base/defined.ts';
import { asNautesError, type NautesError } from '../../../errors/errors.ts';
import { action } from '../../../messages/action.ts';
import { timestamp } from '../../../base/clock.ts';
import { describeReference, plainReference } from '../../../kube-objects/kube-object.ts';
import { message } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import {
  type PublicationGroup,
  publicationGroups,
  type PublicationPlace,
  type PublicationScope,
  type Users,
  withdrawable,
} from '../../../publish/index.ts';
import type { RemovalOutcome, Withdrawal } from '../../../resources/cluster/offboarding-record.ts';
import type { ObjectReference } from '../../../resources/object-reference.ts';
import { withPlace } from '../runtime/publications.ts';
import { type OffboardingRun, type PassPending, passPending } from './run.ts';

const PASS_PAUSE_MILLISECONDS = 1_000;
const UNREACHABLE_PAUSE_MILLISECONDS = 5_000;

/** Those who use a cluster have this long to let it go, also where the deletion is forced, and no longer than it waits. */
const LETTING_GO_MILLISECONDS = 60_000;

/** What became of a group; an error when its management cluster did not do it. */
type Attempt<T> = { readonly group: PublicationGroup } & ({ readonly result: T } | { readonly error: NautesError });

/**
 * The first step: the cluster is not offered any more, and those who use it let it go while it still answers. Bounded:
 * what hangs, or a management cluster that is away, has the grace period. `undefined` when it is done with.
 */
export async function letGoOfCluster(run: OffboardingRun, signal: AbortSignal): Promise<PassPending | undefined> {
  const groups = publicationGroups(run.inventory);
  if (groups.length === 0 || run.record.withdrawal?.isLetGo === true) return undefined;
  const attempts = await attemptEach(run, groups, signal, ({ publication }, scope, deadline) =>
    publication.letGo({ owner: run.owner, server: run.record.apiServer }, scope, deadline),
  );
  const failed = attempts.find((attempt) => 'error' in attempt);
  if (failed !== undefined && mayWait(run)) return waitForManagement(run, failed.error);
  const users = attempts.flatMap((attempt) => ('result' in attempt ? [attempt.result] : []));
  const leaving = users.flatMap((one) => one.leaving);
  if (leaving.length > 0 && (mayWait(run) || isEarly(run))) return waitForUsers(run, leaving);
  const onItself = await withdrawFromItself(run, groups, signal);
  const staying = stayingOf(users).map(plainReference);
  await run.update({ withdrawal: { isLetGo: true, staying, ...defined({ onItself }) } });
  return undefined;
}

/** A management cluster that is off-boarded itself does not let us in any more afterwards. */
async function withdrawFromItself(
  run: OffboardingRun,
  groups: readonly PublicationGroup[],
  signal: AbortSignal,
): Promise<RemovalOutcome | undefined> {
  const own = groups.filter((group) => isOnItself(run, group));
  if (own.length === 0) return undefined;
  const attempts = await attemptEach(run, own, signal, withdrawGroup(run));
  return [...attempts.map(outcomeOf), ...unreachableOf(run, own)].reduce(merged);
}

function isOnItself({ scope }: OffboardingRun, { place }: PublicationGroup): boolean {
  return place === scope.cluster;
}

function withdrawGroup(run: OffboardingRun): Attempted<RemovalOutcome> {
  return ({ publication }, scope, deadline) => publication.withdraw(run.owner, scope, deadline);
}

/** The last step: what the cluster is known by goes, or is named with the command that would remove it. */
export async function withdrawPublications(
  run: OffboardingRun,
  outcome: RemovalOutcome,
  signal: AbortSignal,
): Promise<PassPending | RemovalOutcome> {
  const all = publicationGroups(run.inventory);
  if (all.length === 0) return outcome;
  const { withdrawal = {} } = run.record;
  const { onItself } = withdrawal;
  const groups = all.filter((group) => onItself === undefined || !isOnItself(run, group));
  if (withdrawal.outcome !== undefined) return merged(outcome, withdrawal.outcome);
  await run.show({ reason: 'WithdrawingPublications', message: message('WithdrawingPublications') });
  const attempts = await attemptEach(run, groups, signal, withdrawGroup(run));
  const failed = attempts.find((attempt) => 'error' in attempt);
  if (failed !== undefined && mayWait(run)) return waitForManagement(run, failed.error);
  const results = [
    ...(onItself === undefined ? [] : [onItself]),
    ...attempts.map(outcomeOf),
    ...unreachableOf(run, groups),
    stayingAs(withdrawal),
  ].reduce(merged);
  await run.update({ withdrawal: { ...withdrawal, outcome: results } });
  return merged(outcome, results);
}

type Attempted<T> = (found: PublicationPlace, scope: PublicationScope, signal: AbortSignal) => Promise<T>;

/** Each group by itself; those whose management cluster is not configured any more are left out. */
async function attemptEach<T>(
  run: OffboardingRun,
  groups: readonly PublicationGroup[],
  signal: AbortSignal,
  attempt: Attempted<T>,
): Promise<readonly Attempt<T>[]> {
  const attempts: Attempt<T>[] = [];
  for (const group of groups) {
    const found = withdrawable(run.services.publishing, group);
    if (found === undefined) continue;
    const request = { ...group, management: found.management };
    try {
      const result = await withPlace(run.services, run.scope, request, (...rest) => attempt(found, ...rest), signal);
      attempts.push({ group, result });
    } catch (error) {
      signal.throwIfAborted();
      attempts.push({ group, error: asNautesError(error) });
    }
  }
  return attempts;
}

/** Within the grace period of the off-boarding, unless it is forced. */
function mayWait(run: OffboardingRun): boolean {
  return !run.record.forced && !run.isOver(run.record.startedAt);
}

/** Those who let go need a moment: without it, what they have on the cluster would stay there. */
function isEarly(run: OffboardingRun): boolean {
  const { clock, settings } = run.services;
  const since = clock.now() - Date.parse(run.record.startedAt);
  return since < Math.min(LETTING_GO_MILLISECONDS, settings.graceMilliseconds);
}

async function waitForManagement(run: OffboardingRun, error: NautesError): Promise<PassPending> {
  const { startedAt } = run.record;
  const time = timestamp(Date.parse(startedAt) + run.services.settings.graceMilliseconds);
  const text = message('Offboarding.waitsForCluster', { problem: error.said, time });
  await run.show({ reason: error.reason, message: text, action: action('DeleteWithForce') });
  return passPending(UNREACHABLE_PAUSE_MILLISECONDS, error.reason);
}

async function waitForUsers(run: OffboardingRun, leaving: readonly ObjectReference[]): Promise<PassPending> {
  const text = message('LettingGo', { names: leaving.map(describeReference) });
  await run.show({ reason: 'LettingGo', message: text });
  return passPending(PASS_PAUSE_MILLISECONDS);
}

function stayingOf(users: readonly Users[]): readonly ObjectReference[] {
  return users.flatMap(({ leaving, staying }) => [...staying, ...leaving]);
}

/** They are somebody else's, and point to a cluster that is gone. */
function stayingAs({ staying = [] }: Withdrawal): RemovalOutcome {
  const reason = message('Retained.losesCluster');
  return { removed: [], left: staying.map((object) => ({ ...object, reason })), remaining: [] };
}

function outcomeOf(attempt: Attempt<RemovalOutcome>): RemovalOutcome {
  if ('result' in attempt) return attempt.result;
  return stuck(attempt.group, attempt.error.reason, attempt.error.said);
}

function unreachableOf(run: OffboardingRun, groups: readonly PublicationGroup[]): readonly RemovalOutcome[] {
  return groups
    .filter((group) => withdrawable(run.services.publishing, group) === undefined)
    .map((group) => stuck(group, 'ManagementNotConfigured', message('PublicationFormer.elsewhere')));
}

function stuck({ entries, place }: PublicationGroup, reason: string, why: Message): RemovalOutcome {
  const text = message('Removal.inManagement', { place, why });
  const remaining = entries.map((entry) => ({ ...plainReference(entry), reason, message: text }));
  return { removed: [], left: [], remaining };
}

function merged(left: RemovalOutcome, right: RemovalOutcome): RemovalOutcome {
  return {
    removed: [...left.removed, ...right.removed],
    left: [...left.left, ...right.left],
    remaining: [...left.remaining, ...right.remaining],
  };
}
