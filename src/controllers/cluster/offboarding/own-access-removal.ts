import { defined } from '../../../base/defined.ts';
import { message } from '../../../messages/message.ts';
import { explain } from '../../../reconcile/stage.ts';
import type { NautesError } from '../../../errors/errors.ts';
import { endAccess, KubeApiError, reasonToKeepNamespace, removeAccess } from '../../../kube/index.ts';
import { plainReference } from '../../../kube-objects/kube-object.ts';
import { ACCESS_COMPONENT, type InventoryEntry } from '../../../resources/inventory.ts';
import type { AccessRemoval, RemovalOutcome } from '../../../resources/cluster/offboarding-record.ts';
import { ClusterFailure, type OffboardingRun, type PassPending, passPending } from './run.ts';

const PASS_PAUSE_MILLISECONDS = 1_000;

/**
 * Our own account goes last. Being locked out is the expected end: our Namespace finishes terminating without us. What can be
 * found out only before that is stored first, so that a pass which was cut off is not taken for one that succeeded.
 * @throws ProbeTimeout, SecretStoreUnavailable
 */
export async function removeOwnAccess(
  run: OffboardingRun,
  signal: AbortSignal,
): Promise<PassPending | ClusterFailure | RemovalOutcome> {
  await run.show({ reason: 'RemovingAccess', message: message('RemovingAccess') });
  if (run.record.access?.isEnding !== true) {
    const refusal = await tryToRemove(run, signal);
    if (refusal instanceof ClusterFailure) return refusal;
    if (refusal !== undefined && !(await run.isRemovalOver())) {
      await run.show({ ...explain(refusal), reason: 'RemovingAccess' });
      return passPending(PASS_PAUSE_MILLISECONDS, refusal.reason);
    }
  }
  const { refusal } = run.record.access ?? {};
  if (refusal !== undefined) {
    const failure = await endWithoutNamespace(run, refusal, signal);
    if (failure !== undefined) return failure;
  }
  const outcome = outcomeOf(run, refusal);
  await run.update({ access: { ...run.record.access, outcome } });
  return outcome;
}

/**
 * @returns why our Namespace may not be deleted, e.g. a webhook that does not answer, and nothing has changed then; or
 *   what else the cluster fails with
 */
async function tryToRemove(
  run: OffboardingRun,
  signal: AbortSignal,
): Promise<NautesError | ClusterFailure | undefined> {
  const failure = await removeAccessOnce(run, signal);
  if (failure === undefined) return undefined;
  const refusal = refusalOf(failure);
  if (refusal === undefined) {
    return isLockedOut(failure) && isExpectedToBeLockedOut(run.record.access) ? undefined : failure;
  }
  await run.update({ access: { refusal: { reason: refusal.reason, message: refusal.said } } });
  return refusal;
}

async function removeAccessOnce(run: OffboardingRun, signal: AbortSignal): Promise<ClusterFailure | undefined> {
  const kept = await run.use((connection) => reasonToKeepNamespace(connection, run.owner, signal), signal);
  if (kept instanceof ClusterFailure) return kept;
  await run.update({ access: defined({ kept }) }); // we were let in: who is locked out after this has taken its own rights away
  const result = await run.use((connection) => removeAccess(connection, run.owner, signal), signal);
  return result instanceof ClusterFailure ? result : undefined;
}

/** Our account, its tokens and its rights end all the same. */
async function endWithoutNamespace(
  run: OffboardingRun,
  refusal: NonNullable<AccessRemoval['refusal']>,
  signal: AbortSignal,
): Promise<ClusterFailure | undefined> {
  await run.update({ access: { refusal, isEnding: true } });
  const result = await run.use((connection) => endAccess(connection, run.owner, signal), signal);
  return result instanceof ClusterFailure && !isLockedOut(result) ? result : undefined;
}

function outcomeOf({ record, inventory }: OffboardingRun, refusal: AccessRemoval['refusal']): RemovalOutcome {
  const { removed, left, remaining } = record.components ?? { removed: [], left: [], remaining: [] };
  const access = inventory.filter(({ component }) => component === ACCESS_COMPONENT);
  const own = access.filter(({ foreign }) => !foreign);
  const isNamespace = ({ kind }: InventoryEntry): boolean => kind === 'Namespace';
  const kept = record.access?.kept ?? message('Retained.existedBefore');
  const stays = access.filter((entry) => entry.foreign || (record.access?.kept !== undefined && isNamespace(entry)));
  const retained = stays.map((entry) => ({ ...plainReference(entry), reason: kept }));
  if (refusal === undefined) {
    const gone = own.filter((entry) => !stays.includes(entry)).map(plainReference);
    return { removed: [...removed, ...gone], left: [...left, ...retained], remaining };
  }
  return {
    removed: [...removed, ...own.filter((entry) => !isNamespace(entry)).map(plainReference)],
    left: [...left, ...retained],
    remaining: [...remaining, ...own.filter(isNamespace).map((entry) => ({ ...plainReference(entry), ...refusal }))],
  };
}

/** Why the object cannot be deleted, if it is the object that the failure is about. */
function refusalOf({ error }: ClusterFailure): NautesError | undefined {
  return error.reason.startsWith('Object') ? error : undefined;
}

/** A credential that is no longer accepted before anything was begun, or after a refusal, has ended for another cause. */
function isExpectedToBeLockedOut(access: AccessRemoval | undefined): boolean {
  return access !== undefined && access.refusal === undefined;
}

/** Our credential no longer works. That none is stored says nothing: it goes after the outcome is stored. */
function isLockedOut({ error }: ClusterFailure): boolean {
  return error instanceof KubeApiError && (error.httpStatus === 401 || error.httpStatus === 403);
}
