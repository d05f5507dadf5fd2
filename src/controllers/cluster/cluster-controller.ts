import { sleep } from '../../base/async/timing.ts';
import { defined } from '../../base/defined.ts';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { message } from '../../messages/message.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import type { HeadChange } from '../../git-store/index.ts';
import { type ClusterEntry, clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { HeldBack } from '../../reconcile/quarantine.ts';
import type { KeyRuntime } from '../../reconcile/key-runtime.ts';
import type { RunOutcome } from '../../reconcile/outcome.ts';
import type { ReconciledKind, RunRequest } from '../../reconcile/reconciled-kind.ts';
import type { Reconciler } from '../../reconcile/reconciler.ts';
import type { OwnershipChange } from '../../resources/ownership.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { ResourceEvent } from '../../resources/event.ts';
import { type MissingFile, missingAtStart, missingBetween, recordMissing } from './offboarding/missing-files.ts';
import { offboard, type PassOutcome } from './offboarding/offboarding.ts';
import { lookAgain, untilNextLook } from './onboarding/look-again.ts';
import { onboard } from './onboarding/onboarding.ts';
import { ClusterMemory } from './runtime/cluster-memory.ts';
import { reportHeld } from './runtime/holding-back.ts';
import { IdentityClaims } from './runtime/identity-claims.ts';
import type { ControllerParts, ControllerServices } from './runtime/services.ts';

/** A cluster that is well answers in this time; one that does not gets more time where it keeps no other waiting. */
const CONTACT_MILLISECONDS = 3_000;
/** What was gained is looked for again after this time, when that was not possible. */
const BEGIN_PAUSE_MILLISECONDS = 2_000;
/** Events by which the API says that an off-boarding can continue now. */
const OFFBOARDING_EVENTS: ReadonlySet<string> = new Set(['RemovalConfirmed', 'RemovalForced']);

interface PassOptions {
  readonly runtime: KeyRuntime<ClusterMemory>;
  readonly contactMilliseconds: number | undefined;
}

/** Virtual clusters whose host has changed. */
function virtualClustersOfChanged({ after, changed }: HeadChange): string[] {
  const clusters = after.of(clusterFiles);
  return changed.of(clusterFiles).flatMap((host) => clusters.namesBy('hostCluster', host));
}

/**
 * Brings every registered cluster to what the repository says and off-boards those that it no longer names.
 * Work is keyed by the name of the cluster: an off-boarding and a new registration of one name never run together.
 */
export class ClusterController implements ReconciledKind<ClusterMemory> {
  readonly kind = CLUSTER_KIND;
  readonly resyncMilliseconds: number;
  readonly #services: ControllerServices;
  readonly #reconciler: Reconciler;
  readonly #unsubscribers: (() => void)[] = [];
  readonly #closing = new AbortController();
  /** By name of the cluster: the status of one that is held back is being written. */
  readonly #holding = new Map<string, Promise<void>>();
  /** Missing files are looked into one commit after the other. */
  #missingFiles: Promise<void> = Promise.resolve();

  constructor(parts: ControllerParts, reconciler: Reconciler) {
    this.#services = { ...parts, identities: new IdentityClaims() };
    this.#reconciler = reconciler;
    this.resyncMilliseconds = parts.settings.driftMilliseconds;
    reconciler.register(this);
  }

  /** Begins with everything that is registered or was, and follows the repository from now on. */
  async start(): Promise<void> {
    const { repo, events, ownership } = this.#services;
    this.#unsubscribers.push(
      repo.onHeadChange((change) => this.#onHeadChange(change)),
      events.onEvent((event) => this.#onEvent(event)),
    );
    if (ownership !== undefined) {
      this.#unsubscribers.push(ownership.onChange(({ gained }) => this.#onOwnership(gained)));
    }
    await this.#begin(() => true);
  }

  /** Requests everything that is registered or was and that is worked on here now. */
  async #begin(isMeant: (key: ResourceKey) => boolean): Promise<void> {
    const { repo, status, offboardings, identities } = this.#services;
    const statuses = await status.list(CLUSTER_KIND);
    identities.restore(statuses);
    const head = repo.snapshot();
    this.#lookInto(missingAtStart(statuses, head), false);
    await this.#missingFiles;
    const leaving = (await offboardings.list(CLUSTER_KIND)).map(({ cluster }) => cluster);
    for (const name of [...leaving, ...head.of(clusterFiles).keys()]) {
      const key = clusterKey(name);
      if (isMeant(key)) this.#reconciler.request(key);
    }
  }

  /** Begins with what was gained; the reconciler ends the runs of what was lost. */
  #onOwnership(gained: OwnershipChange['gained']): Promise<void> {
    void this.#beginWith(gained);
    return this.#missingFiles;
  }

  async #beginWith(gained: OwnershipChange['gained']): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        return await this.#begin(gained);
      } catch (error) {
        if (!signal.aborted) this.#logError(error);
        await sleep(BEGIN_PAUSE_MILLISECONDS, signal).catch(() => {});
      }
    }
  }

  /** True from the start to the close. */
  get isRunning(): boolean {
    return this.#unsubscribers.length > 0 && this.#reconciler.isOpen;
  }

  /** Requests no more runs. Those that are under way end with the reconciler. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribers.splice(0)) unsubscribe();
    await this.#missingFiles;
    await Promise.all(this.#holding.values());
  }

  /** A person asks for a look at the cluster now. */
  look(name: string): Promise<void> {
    this.#reconciler.look(clusterKey(name));
    return Promise.resolve();
  }

  async run(request: RunRequest<ClusterMemory>, signal: AbortSignal): Promise<RunOutcome> {
    const { reporting, clock } = this.#services;
    const began = clock.now();
    const { isQuick = false, ...outcome } = await this.#reconcile(request, signal);
    const hasEnded = !isQuick && (outcome.outcome === 'done' || outcome.outcome === 'wait');
    if (hasEnded && !signal.aborted) reporting.checked(request.name, began);
    return outcome;
  }

  async #reconcile(
    { name, lane, isRequested, runtime }: RunRequest<ClusterMemory>,
    signal: AbortSignal,
  ): Promise<RunOutcome & { readonly isQuick?: boolean }> {
    const { repo, offboardings } = this.#services;
    await this.#holding.get(name);
    await this.#missingFiles; // what the same commit has removed comes before what it has added
    const contactMilliseconds = lane === 'healthy' ? CONTACT_MILLISECONDS : undefined;
    const records = (await offboardings.list(CLUSTER_KIND)).filter(({ cluster }) => cluster === name);
    const pending = await this.#offboardAll(records, { runtime, contactMilliseconds }, signal);
    if (pending?.outcome === 'abandoned') return pending;
    const entry = repo.snapshot().of(clusterFiles).get(name);
    if (entry === undefined) {
      if (pending === undefined) await this.#forget(name);
      return pending ?? { outcome: 'skipped' };
    }
    const memory = memoryOf(runtime.memory, entry);
    runtime.memory = memory;
    if (pending !== undefined) {
      await this.#showWaiting(name, memory);
      return pending;
    }
    memory.beginRun(entry.fileRevision, isRequested);
    const settled = await lookAgain(this.#services, entry, memory, signal);
    if (settled !== undefined) return settled;
    const options = { memory, failures: runtime.failures, contactMilliseconds };
    return untilNextLook(this.#services, memory, await onboard(this.#services, entry, options, signal));
  }

  onAbandoned(name: string): void {
    this.#services.access.drop(name); // what still tries to connect would continue for a while
  }

  onHeld(name: string, held: HeldBack): void {
    const written = reportHeld(this.#services, name, held)
      .catch((error: unknown) => this.#logError(error)) // its run follows, and writes the status
      .finally(() => this.#holding.delete(name));
    this.#holding.set(name, written);
  }

  #onHeadChange(change: HeadChange): void {
    for (const name of change.changed.of(clusterFiles)) this.#reconciler.changed(clusterKey(name));
    // They are behind the gateway of their host.
    for (const name of virtualClustersOfChanged(change)) this.#reconciler.request(clusterKey(name));
    this.#lookInto(missingBetween(change.before, change.after), !change.descends);
  }

  #onEvent({ kind, name, reason }: ResourceEvent): void {
    if (kind === CLUSTER_KIND && OFFBOARDING_EVENTS.has(reason)) this.#reconciler.request(clusterKey(name), 'user');
  }

  #lookInto(missing: readonly MissingFile[], isUnrelated: boolean): void {
    if (missing.length === 0) return;
    this.#missingFiles = this.#missingFiles
      .then(() => recordMissing(this.#services, missing, isUnrelated))
      .then(
        (names) => names.forEach((name) => this.#reconciler.request(clusterKey(name), 'user')),
        (error: unknown) => this.#logError(error), // the next start looks for them again
      );
  }

  /** One pass over every off-boarding of this name; what is left to do, or `undefined` when there is nothing. */
  async #offboardAll(
    records: readonly OffboardingRecord[],
    { runtime, contactMilliseconds }: PassOptions,
    signal: AbortSignal,
  ): Promise<Extract<PassOutcome, { outcome: 'wait' | 'abandoned' }> | undefined> {
    let pending: Extract<PassOutcome, { outcome: 'wait' }> | undefined;
    for (const record of records) {
      const pass = await offboard(this.#services, record, contactMilliseconds, signal);
      if (pass.outcome === 'abandoned') return pass;
      if (pass.outcome === 'done') runtime.reset(); // what failed before was the registration that is off now
      if (pass.outcome !== 'wait') continue;
      const milliseconds = Math.min(pass.milliseconds, pending?.milliseconds ?? Number.POSITIVE_INFINITY);
      const failure = pass.failure ?? pending?.failure;
      const answered = pass.answered && (pending?.answered ?? true);
      pending = { outcome: 'wait', milliseconds, answered, ...defined({ failure }) };
    }
    return pending;
  }

  /** The status is still that of the earlier registration, which says the same; the event is the new one's. */
  async #showWaiting(cluster: string, memory: ClusterMemory): Promise<void> {
    if (!memory.shouldTell('WaitingForOffboarding')) return;
    await this.#services.events.add({
      ...clusterRegistration({ cluster, incarnation: memory.incarnation }),
      type: 'Normal',
      reason: 'WaitingForOffboarding',
      message: message('WaitingForOffboarding.ownName'),
      subject: '',
    });
  }

  /** While there is a status, the removal is about to be recorded, or held: the cluster keeps its claim. */
  async #forget(name: string): Promise<void> {
    if ((await this.#services.status.get(clusterKey(name))) === undefined) this.#services.identities.forget(name);
  }

  #logError(error: unknown): void {
    const { reason, message: text } = asNautesError(error);
    const cause = error instanceof NautesError ? error.cause : error;
    this.#services.logger.error({ reason, error: cause }, text);
  }
}

/** What is remembered ends with the registration; a file that cannot be understood says nothing of it. */
function memoryOf(known: ClusterMemory | undefined, { resource: cluster }: ClusterEntry): ClusterMemory {
  const incarnation = cluster?.incarnation ?? known?.incarnation ?? '';
  return known?.incarnation === incarnation ? known : new ClusterMemory(incarnation);
}
