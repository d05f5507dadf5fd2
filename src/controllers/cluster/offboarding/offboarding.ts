import type { Message } from '../../../messages/text.ts';
import { action } from '../../../messages/action.ts';
import { message } from '../../../messages/message.ts';
import { explain } from '../../../reconcile/stage.ts';
import { type Abandoned, abandoned } from '../../../reconcile/outcome.ts';
import { timestamp } from '../../../base/clock.ts';
import type { NautesError } from '../../../errors/errors.ts';
import { objectKey, plainReference } from '../../../kube-objects/kube-object.ts';
import { ACCESS_COMPONENT, type InventoryEntry } from '../../../resources/inventory.ts';
import {
  isRegistered,
  type OffboardingRecord,
  type RemovalOutcome,
} from '../../../resources/cluster/offboarding-record.ts';
import type { Receipt } from '../../../resources/cluster/receipt.ts';
import { entriesOf, removeComponents } from './components-removal.ts';
import { virtualClustersOn, withInside } from './hosted-removal.ts';
import { endOffboarding } from './end.ts';
import { ensureStarted, forgetWhenOver, updateRecord } from './records.ts';
import { ClusterFailure, OffboardingRun, type PassPending, passPending } from './run.ts';
import { letGoOfCluster, withdrawPublications } from './publications-removal.ts';
import { removeOwnAccess } from './own-access-removal.ts';
import { ProbeTimeout, SecretStoreUnavailable } from '../../../cluster-access/index.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ControllerServices } from '../runtime/services.ts';

const PASS_PAUSE_MILLISECONDS = 1_000;
const UNREACHABLE_PAUSE_MILLISECONDS = 5_000;
const nothing: RemovalOutcome = { removed: [], left: [], remaining: [] };

/** What a pass led to: more is left to do, all is done, or nothing is to be done (yet). */
export type PassOutcome =
  | PassPending
  | Abandoned
  | { readonly outcome: 'done'; readonly receipt: Receipt }
  | { readonly outcome: 'skipped' };

/**
 * Off-boards a registration that is no longer in the repository: one pass. Level-based: everything is read from the
 * record, the inventory and the cluster, so that it may be interrupted anywhere.
 * @param contactMilliseconds how long the cluster has for its first answer; `undefined`: all the time that requests have
 */
export async function offboard(
  services: ControllerServices,
  record: OffboardingRecord,
  contactMilliseconds: number | undefined,
  signal: AbortSignal,
): Promise<PassOutcome> {
  if (isRegistered(record, services.repo.snapshot().of(clusterFiles).get(record.cluster))) {
    await forgetWhenOver(services, record);
    return { outcome: 'skipped' };
  }
  const started = await ensureStarted(services, record, signal);
  const run = await OffboardingRun.of(services, started, contactMilliseconds);
  try {
    const result = await removeEverything(run, signal);
    return 'outcome' in result ? result : { outcome: 'done', receipt: await endOffboarding(run, result, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProbeTimeout) return abandoned;
    if (!(error instanceof SecretStoreUnavailable)) throw error;
    const problem = explain(error.reason);
    await run.show({ ...problem, message: message('Offboarding.needsSecrets', { problem: problem.message }) });
    return passPending(UNREACHABLE_PAUSE_MILLISECONDS, problem.reason);
  }
}

/** Who uses the cluster lets it go before anything of it is removed; what it is known by goes last. */
async function removeEverything(run: OffboardingRun, signal: AbortSignal): Promise<PassPending | RemovalOutcome> {
  const pending = (await waitForVirtualClusters(run)) ?? (await letGoOfCluster(run, signal));
  const result = pending ?? (await tearDown(run, signal));
  return 'outcome' in result ? result : withdrawPublications(run, result, signal);
}

/** A host is off-boarded after its virtual clusters: they are removed with its credential. */
async function waitForVirtualClusters(run: OffboardingRun): Promise<PassPending | undefined> {
  const { forced } = run.record;
  const { leaving, declared } = await virtualClustersOn(run.services, run.record);
  if (forced) await force(run.services, leaving);
  if (leaving.length > 0) {
    const text = message('RemovingVirtualClusters', { names: leaving.map(({ cluster }) => cluster) });
    await run.show({ reason: 'RemovingVirtualClusters', message: text });
    return passPending(PASS_PAUSE_MILLISECONDS);
  }
  if (declared.length === 0 || forced) return undefined;
  const text = message('HostInUse', { names: declared });
  await run.show({ reason: 'HostInUse', message: text, action: action('DeleteVirtualClusters') });
  return passPending(UNREACHABLE_PAUSE_MILLISECONDS);
}

/** Forcing the deletion of the host also forces that of its virtual clusters. */
async function force(services: ControllerServices, records: readonly OffboardingRecord[]): Promise<void> {
  for (const record of records.filter(({ forced }) => !forced)) await updateRecord(services, record, { forced: true });
}

/** Everything that is on the cluster, our own access last. What an earlier pass has found out for good is not asked again. */
async function tearDown(run: OffboardingRun, signal: AbortSignal): Promise<PassPending | RemovalOutcome> {
  if (run.inventory.length === 0) return nothing; // nothing was ever written there
  const { access, components } = run.record;
  if (access?.outcome !== undefined) return access.outcome;
  const pending = components === undefined ? await removeComponents(run, signal) : undefined;
  const result = pending ?? (await removeAccessAfterComponents(run, signal));
  return result instanceof ClusterFailure ? withoutCluster(run, result.error) : result;
}

/** On a host our access is that of the host, which stays. */
async function removeAccessAfterComponents(
  run: OffboardingRun,
  signal: AbortSignal,
): Promise<PassPending | ClusterFailure | RemovalOutcome> {
  if (!run.isOnHost) return removeOwnAccess(run, signal);
  return withInside(run.record.components ?? nothing, run.inventory);
}

/** The cluster cannot be reached or refuses us: wait within the grace period, then end without it. */
async function withoutCluster(run: OffboardingRun, error: NautesError): Promise<PassPending | RemovalOutcome> {
  const { startedAt, forced, components, progress } = run.record;
  if (!run.isOver(startedAt) && !forced) {
    const time = timestamp(Date.parse(startedAt) + run.services.settings.graceMilliseconds);
    const text = message('Offboarding.waitsForCluster', { problem: error.said, time });
    await run.show({ reason: error.reason, message: text, action: action('DeleteWithForce') });
    return { ...passPending(UNREACHABLE_PAUSE_MILLISECONDS, error.reason), answered: false };
  }
  const { removed, left, remaining: known } = components ?? { ...(progress ?? nothing), remaining: [] };
  const seen = new Set([...removed, ...left, ...known].map(objectKey));
  const access = run.isOnHost ? [] : run.inventory.filter(({ component }) => component === ACCESS_COMPONENT);
  const unseen = [...entriesOf(run).filter((entry) => !seen.has(objectKey(entry))), ...access];
  const [foreign, own] = [unseen.filter((entry) => entry.foreign), unseen.filter((entry) => !entry.foreign)];
  const outcome = {
    removed,
    left: [
      ...left,
      ...foreign.map((entry) => ({ ...plainReference(entry), reason: message('Retained.existedBefore') })),
    ],
    remaining: [
      ...known,
      ...own.map((entry) => ({ ...plainReference(entry), reason: error.reason, message: whyStuck(entry, error) })),
    ],
  };
  return run.isOnHost ? withInside(outcome, run.inventory) : outcome;
}

/** An object without a UID may be there: the answer, or the server, was lost before its creation was recorded. */
function whyStuck({ uid }: InventoryEntry, { said }: NautesError): Message {
  return uid === '' ? message('Removal.uncertain', { why: said }) : said;
}
