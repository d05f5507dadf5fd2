import { timestamp } from '../base/clock.ts';
import { asNautesError, NautesError } from '../base/errors.ts';
import { describeReference, plainReference, type RemovalReport, removeAccess, removeObjects } from '../kube/index.ts';
import type { CredentialScope, StoredCredential } from '../model/credential.ts';
import { ACCESS_COMPONENT, type InventoryEntry, type OffboardingRecord } from '../model/inventory.ts';
import type { Condition, ObjectReference, Receipt } from '../model/status.ts';
import type { ControllerServices } from './services.ts';

/** A record whose commit never came is forgotten after this time: the server died between the two. */
const STALE_RECORD_MILLISECONDS = 60 * 60_000;
const PASS_PAUSE_MILLISECONDS = 1_000;
const UNREACHABLE_PAUSE_MILLISECONDS = 5_000;

/** What a pass left to do: look again after the time, or nothing. */
export type OffboardingStep = { readonly again: number } | { readonly receipt: Receipt } | 'notYet';

/**
 * Takes away a registration that is no longer in the repository: one pass. Level-based: everything is read from the
 * record, the inventory and the cluster, so that it may be interrupted anywhere.
 */
export async function offboard(
  services: ControllerServices,
  record: OffboardingRecord,
  signal: AbortSignal,
): Promise<OffboardingStep> {
  if (isRegistered(services, record)) return forgetWhenStale(services, record);
  const started = await ensureStarted(services, record);
  const inventory = await services.status.inventory(record.incarnation);
  const pass = new OffboardingPass(services, started, inventory);
  return pass.run(signal);
}

function isRegistered({ repo }: ControllerServices, record: OffboardingRecord): boolean {
  return repo.snapshot().clusters.get(record.cluster)?.cluster?.incarnation === record.incarnation;
}

async function forgetWhenStale(services: ControllerServices, record: OffboardingRecord): Promise<OffboardingStep> {
  const age = services.clock.now() - Date.parse(record.requestedAt);
  if (age > STALE_RECORD_MILLISECONDS) await services.status.removeOffboarding(record.incarnation);
  return 'notYet';
}

async function ensureStarted(services: ControllerServices, record: OffboardingRecord): Promise<OffboardingRecord> {
  if (record.startedAt !== '') return record;
  const started = { ...record, startedAt: timestamp(services.clock.now()) };
  await services.status.putOffboarding(started);
  return started;
}

class OffboardingPass {
  readonly #services: ControllerServices;
  readonly #record: OffboardingRecord;
  readonly #inventory: readonly InventoryEntry[];
  readonly #scope: CredentialScope;

  constructor(services: ControllerServices, record: OffboardingRecord, inventory: readonly InventoryEntry[]) {
    this.#services = services;
    this.#record = record;
    this.#inventory = inventory;
    this.#scope = { cluster: record.cluster, incarnation: record.incarnation };
  }

  async run(signal: AbortSignal): Promise<OffboardingStep> {
    if (this.#inventory.length === 0) return this.#finish(nothing, signal); // nothing was ever written there
    try {
      return await this.#withCluster(signal);
    } catch (error) {
      signal.throwIfAborted();
      return this.#withoutCluster(asNautesError(error), signal);
    }
  }

  /** Removes what the inventory names; our own access goes last. */
  async #withCluster(signal: AbortSignal): Promise<OffboardingStep> {
    const { connections } = this.#services;
    const { incarnation, forced } = this.#record;
    const credential = await this.#credential(signal);
    const entries = this.#inventory.filter(({ component }) => component !== ACCESS_COMPONENT);
    const report = await connections.use(credential.stored, credential.version, (connection) =>
      removeObjects(connection, { incarnation, entries, keepDependants: !forced }, signal),
    );
    const [first] = report.remaining;
    if (first !== undefined) {
      if (this.#isOver()) return this.#finish(report, signal);
      const progress = `${report.removed.length} of ${entries.length} objects are gone`;
      const message = `${progress}; ${describeReference(first)}: ${first.message || first.reason}`;
      await this.#show('RemovingComponents', message);
      return { again: PASS_PAUSE_MILLISECONDS };
    }
    await this.#show('RemovingAccess', 'the components are gone; our own account goes last');
    await connections.use(credential.stored, credential.version, (connection) =>
      removeAccess(connection, { incarnation }, signal),
    );
    // Being locked out is the expected end: our Namespace goes on ending without us and takes the rest with it.
    const access = this.#inventory.filter(({ component, foreign }) => component === ACCESS_COMPONENT && !foreign);
    return this.#finish({ ...report, removed: [...report.removed, ...access] }, signal);
  }

  /** The cluster cannot be reached or refuses us: wait within the grace period, then end without it. */
  async #withoutCluster(error: NautesError, signal: AbortSignal): Promise<OffboardingStep> {
    if (!this.#isOver() && !this.#record.forced) {
      const until = timestamp(Date.parse(this.#record.startedAt) + this.#services.settings.graceMilliseconds);
      await this.#show(
        error.reason,
        `${error.message}; waits for it until ${until}`,
        'Delete it with ?force=true to end at once.',
      );
      return { again: UNREACHABLE_PAUSE_MILLISECONDS };
    }
    const remaining = this.#inventory
      .filter(({ foreign, uid }) => !foreign && uid !== '')
      .map((entry) => ({ ...plainReference(entry), reason: error.reason, message: error.message }));
    return this.#finish({ removed: [], left: [], remaining }, signal);
  }

  #isOver(): boolean {
    const { clock, settings } = this.#services;
    return clock.now() - Date.parse(this.#record.startedAt) >= settings.graceMilliseconds;
  }

  /** The active credential, else the newest that is still stored for this registration. */
  async #credential(signal: AbortSignal): Promise<{ readonly version: string; readonly stored: StoredCredential }> {
    const { secrets } = this.#services;
    const versions = (await secrets.list(signal))
      .filter(({ scope }) => scope.incarnation === this.#scope.incarnation && scope.cluster === this.#scope.cluster)
      .sort((left, right) => Number(right.active) - Number(left.active) || right.storedAt.localeCompare(left.storedAt));
    const [best] = versions;
    if (best === undefined) throw new NautesError('CredentialMissing', { cluster: this.#record.cluster });
    return { version: best.version, stored: await secrets.read(this.#scope, best.version, signal) };
  }

  /** Credentials go, the receipt comes; after this nothing is known of the registration but its receipt. */
  async #finish(report: RemovalReport, signal: AbortSignal): Promise<OffboardingStep> {
    const { repo, status, secrets, connections, clock } = this.#services;
    const { cluster, incarnation } = this.#record;
    const stored = await status.status(cluster);
    const commit = await repo.lastCommit(cluster, signal).catch(() => undefined);
    const receipt = buildReceipt(this.#record, this.#inventory, report, {
      kubernetesUid: stored?.incarnation === incarnation ? stored.kubernetes.uid : '',
      completedAt: timestamp(clock.now()),
      commit: commit?.id ?? '',
    });
    connections.drop(cluster, incarnation);
    await secrets.removeAll(this.#scope, signal);
    await this.#event(receipt);
    await status.complete(receipt);
    return { receipt };
  }

  async #event(receipt: Receipt): Promise<void> {
    const { cluster, incarnation } = this.#record;
    const complete = receipt.outcome === 'Complete';
    const counts = `${receipt.removed.length} objects removed, ${receipt.left.length} left, ${receipt.remaining.length} could not be removed`;
    await this.#services.status.addEvent({
      cluster,
      incarnation,
      type: complete ? 'Normal' : 'Warning',
      reason: complete ? 'Deleted' : 'DeletedWithResidue',
      message: `the cluster is no longer registered: ${counts}`,
      subject: '',
    });
  }

  /** Shows how far it is, as the condition `Offboarded` of the cluster that goes. */
  async #show(reason: string, message: string, remedy = ''): Promise<void> {
    const { status, clock } = this.#services;
    const { cluster, incarnation } = this.#record;
    const known = await status.status(cluster);
    if (known?.incarnation !== incarnation) return;
    const before = known.conditions.find(({ type }) => type === 'Offboarded');
    const now = timestamp(clock.now());
    const conditions: Condition[] = known.conditions
      .filter(({ type }) => type !== 'Offboarded' && type !== 'Ready')
      .concat(
        {
          type: 'Offboarded',
          status: 'False',
          reason,
          message,
          remedy,
          lastTransitionTime: before?.lastTransitionTime ?? now,
        },
        {
          type: 'Ready',
          status: 'False',
          reason: 'Deleting',
          message,
          remedy,
          lastTransitionTime: before?.lastTransitionTime ?? now,
        },
      );
    await status.putStatus({ ...known, phase: 'Deleting', conditions });
    if (before?.reason === reason) return;
    const type = remedy === '' ? 'Normal' : 'Warning';
    await status.addEvent({ cluster, incarnation, type, reason, message, subject: 'Offboarded' });
  }
}

const nothing: RemovalReport = { removed: [], left: [], remaining: [] };

interface ReceiptFacts {
  readonly kubernetesUid: string;
  readonly completedAt: string;
  /** The commit that removed the cluster. */
  readonly commit: string;
}

/** The receipt of an off-boarding from its last pass over the whole inventory. */
export function buildReceipt(
  record: OffboardingRecord,
  inventory: readonly InventoryEntry[],
  report: RemovalReport,
  facts: ReceiptFacts,
): Receipt {
  const created = inventory.filter(({ foreign, uid }) => !foreign && uid !== '').map(plainReference);
  const remaining = report.remaining.map((object) => ({
    ...plainReference(object),
    reason: object.message || object.reason,
    command: removalCommand(object),
  }));
  return {
    cluster: record.cluster,
    incarnation: record.incarnation,
    apiServer: record.apiServer,
    kubernetesUid: facts.kubernetesUid,
    requestedBy: record.requestedBy,
    requestedAt: record.requestedAt,
    completedAt: facts.completedAt,
    forced: record.forced,
    outcome: remaining.length === 0 ? 'Complete' : 'Incomplete',
    commit: record.commit || facts.commit,
    created,
    removed: report.removed.map(plainReference),
    left: report.left.map((object) => ({ ...plainReference(object), reason: object.reason })),
    remaining,
  };
}

/** What a person types to remove the object. */
export function removalCommand({ apiVersion, kind, namespace, name }: ObjectReference): string {
  const [group = ''] = apiVersion.includes('/') ? apiVersion.split('/') : [''];
  const resource = group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
  return ['kubectl delete', resource, name, ...(namespace === '' ? [] : ['--namespace', namespace])].join(' ');
}
