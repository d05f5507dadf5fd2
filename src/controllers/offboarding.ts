import { timestamp } from '../base/clock.ts';
import { asNautesError, NautesError } from '../base/errors.ts';
import {
  type ClusterConnection,
  describeReference,
  endAccess,
  KubeApiError,
  plainReference,
  type RemovalReport,
  removeAccess,
  removeObjects,
} from '../kube/index.ts';
import type { CredentialScope } from '../model/credential.ts';
import {
  ACCESS_COMPONENT,
  HOSTED_COMPONENT,
  type InventoryEntry,
  isHosted,
  isRegistered,
  type OffboardingRecord,
  reservedComponentNames,
} from '../model/inventory.ts';
import type { Condition, Receipt } from '../model/status.ts';
import { AnswersLate } from './contact.ts';
import { hostScope, virtualClustersOn, withInside } from './hosted-removal.ts';
import { ensureStarted, forgetWhenOver, updateRecord } from './offboarding-records.ts';
import { buildReceipt, describeReceipt } from './receipt.ts';
import { removeSecretAccess, withSecretAccess } from './secret-access-removal.ts';
import { SecretsAway, withSecrets } from './secrets-away.ts';
import type { ControllerServices } from './services.ts';
import { storedCredentials, useStoredCredential } from './stored-credentials.ts';

const PASS_PAUSE_MILLISECONDS = 1_000;
const UNREACHABLE_PAUSE_MILLISECONDS = 5_000;

/** What a pass left to do: look again after the time, or nothing. */
export type OffboardingStep =
  | { readonly again: number; readonly reachedCluster: boolean }
  | { readonly receipt: Receipt }
  | 'notYet';

/**
 * Takes away a registration that is no longer in the repository: one pass. Level-based: everything is read from the
 * record, the inventory and the cluster, so that it may be interrupted anywhere.
 * @param contactMilliseconds how long the cluster has for its first answer
 * @throws AnswersLate
 */
export async function offboard(
  services: ControllerServices,
  record: OffboardingRecord,
  contactMilliseconds: number | undefined,
  signal: AbortSignal,
): Promise<OffboardingStep> {
  if (isRegistered(record, services.repo.snapshot().clusters.get(record.cluster))) {
    await forgetWhenOver(services, record);
    return 'notYet';
  }
  const started = await ensureStarted(services, record, signal);
  const inventory = await services.status.inventory(record.incarnation);
  const ground = isHosted(inventory) ? await hostGround(services, record) : ownGround(record);
  return new OffboardingPass(services, { record: started, inventory, ground, contactMilliseconds }).run(signal);
}

/** Where the objects of a registration are removed, and which of them. */
interface Ground {
  /** Whose credential is presented. */
  readonly scope: CredentialScope;
  /** For a virtual cluster: its objects on the host. What is inside goes with them, and so does our access. */
  readonly isHost: boolean;
}

function ownGround({ cluster, incarnation }: OffboardingRecord): Ground {
  return { scope: { cluster, incarnation }, isHost: false };
}

async function hostGround(services: ControllerServices, record: OffboardingRecord): Promise<Ground> {
  return { scope: await hostScope(services, record), isHost: true };
}

interface PassOptions {
  readonly record: OffboardingRecord;
  readonly inventory: readonly InventoryEntry[];
  readonly ground: Ground;
  readonly contactMilliseconds: number | undefined;
}

class OffboardingPass {
  readonly #services: ControllerServices;
  #record: OffboardingRecord;
  readonly #inventory: readonly InventoryEntry[];
  readonly #scope: CredentialScope;
  readonly #ground: Ground;
  readonly #contactMilliseconds: number | undefined;

  constructor(services: ControllerServices, { record, inventory, ground, contactMilliseconds }: PassOptions) {
    this.#contactMilliseconds = contactMilliseconds;
    this.#services = services;
    this.#record = record;
    this.#inventory = inventory;
    this.#ground = ground;
    this.#scope = { cluster: record.cluster, incarnation: record.incarnation };
  }

  async run(signal: AbortSignal): Promise<OffboardingStep> {
    try {
      return await this.#takeAway(signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SecretsAway)) throw error;
      const { reason, message, remedy } = error.reason;
      await this.#show(reason, `it cannot go on without the secret store: ${message}`, remedy);
      return { again: UNREACHABLE_PAUSE_MILLISECONDS, reachedCluster: true };
    }
  }

  async #takeAway(signal: AbortSignal): Promise<OffboardingStep> {
    const waiting = await this.#waitForVirtualClusters();
    if (waiting !== undefined) return waiting;
    if (this.#inventory.length === 0) return this.#finish(nothing, signal); // nothing was ever written there
    try {
      const again = this.#record.components === undefined ? await this.#removeComponents(signal) : undefined;
      if (again !== undefined) return again;
      if (!this.#ground.isHost) return await this.#removeAccess(signal);
      return await this.#finish(withInside(this.#record.components ?? nothing, this.#inventory), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AnswersLate || error instanceof SecretsAway) throw error;
      return this.#withoutCluster(asNautesError(error), signal);
    }
  }

  /** A host goes after its virtual clusters: they are taken away by means of its credential. */
  async #waitForVirtualClusters(): Promise<OffboardingStep | undefined> {
    const { leaving, declared } = await virtualClustersOn(this.#services, this.#record);
    if (this.#record.forced) await this.#force(leaving);
    if (leaving.length > 0) {
      const names = leaving.map(({ cluster }) => cluster).join(', ');
      await this.#show('RemovingVirtualClusters', `its virtual clusters go first: ${names}`);
      return { again: PASS_PAUSE_MILLISECONDS, reachedCluster: true };
    }
    if (declared.length === 0 || this.#record.forced) return undefined;
    const what = `it is still the host of ${declared.join(', ')}`;
    await this.#show('HostInUse', what, 'Delete these first, or restore the file of the host.');
    return { again: UNREACHABLE_PAUSE_MILLISECONDS, reachedCluster: true };
  }

  /** Who does not wait for the host does not wait for what stands on it. */
  async #force(records: readonly OffboardingRecord[]): Promise<void> {
    for (const record of records.filter(({ forced }) => !forced))
      await updateRecord(this.#services, record, { forced: true });
  }

  /** What is removed by name, apart from our own access. */
  #entries(): readonly InventoryEntry[] {
    const { isHost } = this.#ground;
    return this.#inventory.filter(({ component }) =>
      isHost ? component === HOSTED_COMPONENT : !reservedComponentNames.has(component),
    );
  }

  /** One pass over what is removed by name; `undefined` when it is done with. */
  async #removeComponents(signal: AbortSignal): Promise<OffboardingStep | undefined> {
    const { incarnation, forced } = this.#record;
    const entries = this.#entries();
    // The namespace of a virtual cluster on its host holds what that has made there: volumes, secrets, pods.
    const request = { incarnation, entries, keepDependants: !forced && !this.#ground.isHost };
    const report = await this.#use((connection) => removeObjects(connection, request, signal), signal);
    const [first] = report.remaining;
    if (first !== undefined && !this.#isOver(await this.#reachedAt())) {
      const progress = `${report.removed.length} of ${entries.length} objects are gone`;
      await this.#show(
        'RemovingComponents',
        `${progress}; ${describeReference(first)}: ${first.message || first.reason}`,
      );
      return { again: PASS_PAUSE_MILLISECONDS, reachedCluster: true };
    }
    this.#record = await updateRecord(this.#services, this.#record, { components: report });
    return undefined;
  }

  /** Our own account goes last. Being locked out is the expected end: our Namespace goes on ending without us. */
  async #removeAccess(signal: AbortSignal): Promise<OffboardingStep> {
    const { incarnation, components = nothing } = this.#record;
    await this.#show('RemovingAccess', 'the components are gone; our own account goes last');
    const refusal = await this.#endAccess(incarnation, signal);
    if (refusal !== undefined && !this.#isOver(await this.#reachedAt())) {
      await this.#show('RemovingAccess', refusal.message, refusal.remedy);
      return { again: PASS_PAUSE_MILLISECONDS, reachedCluster: true };
    }
    if (refusal !== undefined) {
      await this.#use((connection) => endAccess(connection, { incarnation }, signal), signal);
    }
    const access = this.#inventory.filter(({ component }) => component === ACCESS_COMPONENT);
    const foreign = access.filter((entry) => entry.foreign).map((entry) => ({ ...entry, reason: 'it existed before' }));
    const own = access.filter((entry) => !entry.foreign);
    const staying = refusal === undefined ? [] : own.filter(({ kind }) => kind === 'Namespace');
    const remaining = staying.map((entry) => ({
      ...plainReference(entry),
      reason: refusal?.reason ?? '',
      message: refusal?.message ?? '',
    }));
    return this.#finish(
      {
        removed: [...components.removed, ...own.filter((entry) => !staying.includes(entry))],
        left: [...components.left, ...foreign],
        remaining: [...components.remaining, ...remaining],
      },
      signal,
    );
  }

  /** Why our Namespace may not be deleted, e.g. a webhook that does not answer; nothing has changed then. */
  async #endAccess(incarnation: string, signal: AbortSignal): Promise<NautesError | undefined> {
    try {
      await this.#use((connection) => removeAccess(connection, { incarnation }, signal), signal);
    } catch (error) {
      if (error instanceof NautesError && error.reason.startsWith('Object')) return error;
      if (!isLockedOut(error)) throw error;
    }
    return undefined;
  }

  #use<T>(action: (connection: ClusterConnection) => Promise<T>, signal: AbortSignal): Promise<T> {
    const options = { scope: this.#ground.scope, contactMilliseconds: this.#contactMilliseconds };
    return useStoredCredential(this.#services, options, action, signal);
  }

  /** The cluster cannot be reached or refuses us: wait within the grace period, then end without it. */
  async #withoutCluster(error: NautesError, signal: AbortSignal): Promise<OffboardingStep> {
    if (!this.#isOver(this.#record.startedAt) && !this.#record.forced) {
      const until = timestamp(Date.parse(this.#record.startedAt) + this.#services.settings.graceMilliseconds);
      await this.#show(
        error.reason,
        `${error.message}; waits for it until ${until}`,
        'Delete it with ?force=true to end at once.',
      );
      return { again: UNREACHABLE_PAUSE_MILLISECONDS, reachedCluster: false };
    }
    const { components } = this.#record;
    const { removed, left, remaining: known } = components ?? nothing;
    const access = this.#ground.isHost ? [] : this.#inventory.filter(({ component }) => component === ACCESS_COMPONENT);
    const remaining = [...(components === undefined ? this.#entries() : []), ...access]
      .filter(({ foreign }) => !foreign)
      .map((entry) => ({ ...plainReference(entry), reason: error.reason, message: residueMessage(entry, error) }));
    const report = { removed, left, remaining: [...known, ...remaining] };
    return this.#finish(this.#ground.isHost ? withInside(report, this.#inventory) : report, signal);
  }

  /** A cluster that was away has its time for the removal all the same. */
  async #reachedAt(): Promise<string> {
    const { reachedAt = timestamp(this.#services.clock.now()) } = this.#record;
    if (this.#record.reachedAt === undefined)
      this.#record = await updateRecord(this.#services, this.#record, { reachedAt });
    return reachedAt;
  }

  /** The grace period that began then has passed. */
  #isOver(since: string): boolean {
    const { clock, settings } = this.#services;
    return clock.now() - Date.parse(since) >= settings.graceMilliseconds;
  }

  /** Credentials go, the receipt comes; after this nothing is known of the registration but its receipt. */
  async #finish(report: RemovalReport, signal: AbortSignal): Promise<OffboardingStep> {
    const { status, secrets, connections, clock } = this.#services;
    const { cluster, incarnation } = this.#record;
    const known = await status.status(cluster);
    // A file that was removed by hand while nobody looked says nothing of its address any more; credentials do.
    const presented = this.#ground.isHost ? [] : await storedCredentials(this.#services, this.#ground.scope, signal);
    const apiServer = this.#record.apiServer || (presented[0]?.stored.binding.server ?? '');
    const access = await withSecrets(removeSecretAccess(this.#services, this.#scope, signal), signal);
    const objects = buildReceipt({ ...this.#record, apiServer }, this.#inventory, report, {
      kubernetesUid: known?.incarnation === incarnation ? known.kubernetes.uid : '',
      completedAt: timestamp(clock.now()),
    });
    const receipt = withSecretAccess(objects, access);
    connections.drop(cluster, incarnation);
    await withSecrets(secrets.removeAll(this.#scope, signal), signal);
    await status.complete(receipt);
    await this.#event(receipt);
    return { receipt };
  }

  async #event(receipt: Receipt): Promise<void> {
    const isComplete = receipt.outcome === 'Complete';
    await this.#services.status.addEvent({
      ...this.#scope,
      type: isComplete ? 'Normal' : 'Warning',
      reason: isComplete ? 'Deleted' : 'DeletedWithResidue',
      message: `the cluster is no longer registered: ${describeReceipt(receipt)}`,
      subject: '',
    });
  }

  /** Shows how far it is, as the condition `Offboarded` of the cluster that goes. */
  async #show(reason: string, progress: string, remedy = ''): Promise<void> {
    const { status, repo, clock } = this.#services;
    const known = await status.status(this.#record.cluster);
    if (known?.incarnation !== this.#record.incarnation) return;
    const successor = repo.snapshot().clusters.has(this.#record.cluster);
    const message = successor ? `${progress}; the new registration of this name waits for it` : progress;
    const before = known.conditions.find(({ type }) => type === 'Offboarded');
    const lastTransitionTime = before?.lastTransitionTime ?? timestamp(clock.now());
    const offboarded: Condition = { type: 'Offboarded', status: 'False', reason, message, remedy, lastTransitionTime };
    const ready: Condition = { ...offboarded, type: 'Ready', reason: 'Deleting' };
    const others = known.conditions.filter(({ type }) => type !== 'Offboarded' && type !== 'Ready');
    await status.putStatus({ ...known, phase: 'Deleting', conditions: [...others, offboarded, ready] });
    if (before?.reason === reason) return;
    const type = remedy === '' ? 'Normal' : 'Warning';
    await status.addEvent({ ...this.#scope, type, reason, message, subject: 'Offboarded' });
  }
}

/** An object may be there although nobody could write down that it was made: the answer or the server was lost. */
function residueMessage({ uid }: InventoryEntry, { message }: NautesError): string {
  return uid === '' ? `it may have been made; ${message}` : message;
}

/** Our credential no longer works, or was removed here after it had ended there. */
function isLockedOut(error: unknown): boolean {
  if (error instanceof KubeApiError) return error.httpStatus === 401 || error.httpStatus === 403;
  return error instanceof NautesError && error.reason === 'CredentialMissing';
}

const nothing: RemovalReport = { removed: [], left: [], remaining: [] };
