import { RunAbandoned } from '../../reconcile/run-abandoned.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import { noMetrics } from '../../base/metrics.ts';
import type { ClusterEntry, HeadChange } from '../../git-store/index.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { ClusterEvent } from '../../resources/event.ts';
import { ClusterMemory } from './runtime/cluster-memory.ts';
import { IdentityClaims } from './runtime/identity-claims.ts';
import { offboard } from './offboarding/offboarding.ts';
import { onboard } from './onboarding/onboarding.ts';
import { recordVanished, type Vanished, vanishedBefore, vanishedBetween } from './offboarding/missing-files.ts';
import type { ControllerParts, ControllerServices } from './runtime/services.ts';
import { type Lane, WorkQueue } from '../../reconcile/work-queue.ts';

/** A ready cluster is looked at again after the drift interval, give or take this share of it. */
const JITTER = 0.2;
/** A cluster that is well answers in this time; one that does not gets more time where it keeps nobody waiting. */
const CONTACT_MILLISECONDS = 3_000;
/** A run that takes longer without getting to its end goes on in the lane of those that may hang. */
const LONG_RUN_MILLISECONDS = 30_000;
/** A run that could not even report is tried again after this time. */
const ERROR_PAUSE_MILLISECONDS = 5_000;
/** Events by which the API says that an off-boarding is to go on now. */
const OFFBOARDING_EVENTS: ReadonlySet<string> = new Set(['RemovalConfirmed', 'RemovalForced']);

/** Virtual clusters whose host has changed. */
function virtualClustersOfChanged({ after, changed }: HeadChange): string[] {
  const hosts = new Set(changed);
  const entries = [...after.clusters.values()];
  return entries.filter(({ cluster }) => hosts.has(cluster?.spec.hostCluster ?? '')).map(({ name }) => name);
}

/**
 * Brings every registered cluster to what the repository says and takes away those that it no longer names.
 * Work is keyed by the name of the cluster: an off-boarding and a new registration of one name never run together.
 */
export class ClusterController {
  readonly #services: ControllerServices;
  readonly #queue: WorkQueue;
  /** Runs in a row that did not reach the cluster, by name. */
  readonly #failures = new Map<string, number>();
  /** Clusters that have kept a run waiting: their runs take no place from the others. */
  readonly #suspects = new Set<string>();
  readonly #memories = new Map<string, ClusterMemory>();
  /** Runs that are under way, so that one whose file has changed gives way at once. */
  readonly #runs = new Map<string, AbortController>();
  readonly #unsubscribers: (() => void)[] = [];
  /** Removals are looked at one after the other. */
  #removals: Promise<void> = Promise.resolve();

  constructor(parts: ControllerParts) {
    const { metrics = noMetrics } = parts;
    this.#services = { ...parts, identities: new IdentityClaims() };
    this.#queue = new WorkQueue({
      run: (key, signal) => this.#reconcile(key, signal),
      onError: (key, error) => this.#onError(key, error),
      lane: (key) => this.#lane(key),
      onRun: (lane, milliseconds, result) => {
        metrics.add('nautes_reconcile_total', { lane, result });
        metrics.observe('nautes_reconcile_duration_seconds', milliseconds / 1000, { lane });
      },
      concurrency: parts.settings.concurrency,
    });
  }

  /** Begins with everything that is registered or was, and follows the repository from now on. */
  async start(): Promise<void> {
    const { repo, status, identities } = this.#services;
    const statuses = await status.statuses();
    identities.restore(statuses);
    const head = repo.snapshot();
    this.#unsubscribers.push(
      repo.onHeadChange((change) => this.#onHeadChange(change)),
      status.onEvent((event) => this.#onEvent(event)),
    );
    this.#lookForRemovals(vanishedBefore(statuses, head), false);
    await this.#removals;
    for (const { cluster } of await status.offboardings()) this.#queue.add(cluster);
    for (const name of head.clusters.keys()) this.#queue.add(name);
  }

  /** Clusters that wait to be worked on and that are, by lane. */
  get load(): WorkQueue['load'] {
    return this.#queue.load;
  }

  /** True from the start to the close. */
  get isRunning(): boolean {
    return this.#unsubscribers.length > 0 && this.#queue.isOpen;
  }

  /** Ends what runs; what is not finished is taken up again by the next start. */
  async close(): Promise<void> {
    for (const unsubscribe of this.#unsubscribers.splice(0)) unsubscribe();
    await Promise.all([this.#queue.close(), this.#removals]);
  }

  #onHeadChange(change: HeadChange): void {
    for (const name of change.changed) {
      this.#runs.get(name)?.abort(); // before the add, which may start the next run at once
      this.#failures.delete(name); // what kept it from working may be what was changed
      this.#suspects.delete(name);
      this.#queue.add(name, 'user');
    }
    for (const name of virtualClustersOfChanged(change)) this.#queue.add(name); // they are behind its gateway
    this.#lookForRemovals(vanishedBetween(change.before, change.after), !change.descends);
  }

  #onEvent({ cluster, reason }: ClusterEvent): void {
    if (OFFBOARDING_EVENTS.has(reason)) this.#queue.add(cluster, 'user');
  }

  #lookForRemovals(vanished: readonly Vanished[], isUnrelated: boolean): void {
    if (vanished.length === 0) return;
    this.#removals = this.#removals
      .then(() => recordVanished(this.#services, vanished, isUnrelated))
      .then(
        (names) => names.forEach((name) => this.#queue.add(name, 'user')),
        (error: unknown) => this.#log('', error), // the next start looks for them again
      );
  }

  #lane(name: string): Lane {
    return this.#suspects.has(name) ? 'suspect' : 'healthy';
  }

  #contactMilliseconds(name: string): number | undefined {
    return this.#suspects.has(name) ? undefined : CONTACT_MILLISECONDS;
  }

  async #reconcile(name: string, signal: AbortSignal): Promise<void> {
    const superseded = new AbortController();
    this.#runs.set(name, superseded);
    try {
      await this.#bringToDeclaredState(name, AbortSignal.any([signal, superseded.signal]));
    } catch (error) {
      if (superseded.signal.aborted || signal.aborted) return; // an aborted run is followed by another
      if (!(error instanceof RunAbandoned)) throw error;
      this.#services.access.drop(name); // what still tries to connect would go on for a while
      this.#suspects.add(name);
      this.#queue.add(name);
    } finally {
      this.#runs.delete(name);
    }
  }

  async #bringToDeclaredState(name: string, signal: AbortSignal): Promise<void> {
    const { repo, status } = this.#services;
    await this.#removals; // what the same commit has removed comes before what it has added
    const records = (await status.offboardings()).filter(({ cluster }) => cluster === name);
    const waits = await this.#offboardAll(records, signal);
    const entry = repo.snapshot().clusters.get(name);
    if (waits !== undefined) {
      this.#queue.addAfter(name, waits);
      if (entry !== undefined) await this.#showWaiting(entry);
    } else if (entry !== undefined) {
      await this.#onboard(entry, signal);
    } else {
      await this.#forget(name);
    }
  }

  /** One pass over every off-boarding of this name; the time until the next pass when one is not finished. */
  async #offboardAll(records: readonly OffboardingRecord[], signal: AbortSignal): Promise<number | undefined> {
    const times: number[] = [];
    for (const record of records) {
      const step = await offboard(this.#services, record, this.#contactMilliseconds(record.cluster), signal);
      if (step === 'notYet' || !('again' in step)) continue;
      times.push(step.again);
      if (step.reachedCluster) this.#suspects.delete(record.cluster);
      else this.#suspects.add(record.cluster);
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async #onboard(entry: ClusterEntry, signal: AbortSignal): Promise<void> {
    const { name } = entry;
    const failures = this.#failures.get(name) ?? 0;
    const started = performance.now();
    const memory = this.#memory(entry);
    memory.beginRun(entry.generation);
    const options = { memory, failures, contactMilliseconds: this.#contactMilliseconds(name) };
    const { reachedCluster, againMilliseconds } = await onboard(this.#services, entry, options, signal);
    if (reachedCluster) this.#failures.delete(name);
    else this.#failures.set(name, failures + 1);
    const isLong = againMilliseconds !== undefined && performance.now() - started > LONG_RUN_MILLISECONDS;
    if (isLong || !reachedCluster) this.#suspects.add(name);
    else this.#suspects.delete(name);
    this.#queue.addAfter(name, againMilliseconds ?? this.#driftDelay());
  }

  /** The status is still that of the earlier registration, which says the same; the event is the new one's. */
  async #showWaiting(entry: ClusterEntry): Promise<void> {
    const memory = this.#memory(entry);
    if (!memory.isNews('it waits')) return;
    await this.#services.status.addEvent({
      cluster: entry.name,
      incarnation: memory.incarnation,
      type: 'Normal',
      reason: 'WaitingForOffboarding',
      message: 'the earlier registration of this name is being taken away first',
      subject: '',
    });
  }

  #driftDelay(): number {
    const { driftMilliseconds } = this.#services.settings;
    return driftMilliseconds * (1 - JITTER + 2 * JITTER * Math.random());
  }

  /** What is remembered ends with the registration; a file that cannot be understood says nothing of it. */
  #memory({ name, cluster }: ClusterEntry): ClusterMemory {
    const known = this.#memories.get(name);
    const incarnation = cluster?.incarnation ?? known?.incarnation ?? '';
    const memory = known?.incarnation === incarnation ? known : new ClusterMemory(incarnation);
    this.#memories.set(name, memory);
    return memory;
  }

  async #forget(name: string): Promise<void> {
    this.#failures.delete(name);
    this.#suspects.delete(name);
    this.#memories.delete(name);
    // While something is known of it, its removal is about to be recorded, or held back: its cluster is still its own.
    if ((await this.#services.status.status(name)) === undefined) this.#services.identities.forget(name);
  }

  /** A run that could not even report: nothing is lost, it is tried again. */
  #onError(name: string, error: unknown): void {
    this.#log(name, error);
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
    this.#queue.addAfter(name, ERROR_PAUSE_MILLISECONDS);
  }

  #log(cluster: string, error: unknown): void {
    const { reason, message } = asNautesError(error);
    const cause = error instanceof NautesError ? error.cause : error;
    this.#services.logger.error({ cluster, reason, error: cause }, message);
  }
}
