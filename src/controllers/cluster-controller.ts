import { asNautesError, NautesError } from '../base/errors.ts';
import { timestamp } from '../base/clock.ts';
import type { ClusterEntry, HeadChange } from '../config-repo/config-repo.ts';
import type { OffboardingRecord } from '../model/inventory.ts';
import { offboard } from './offboarding.ts';
import { onboard } from './onboarding.ts';
import { RepairLog } from './repair-log.ts';
import type { ControllerServices } from './services.ts';
import { findVanished, isCrowd, type Vanished } from './vanished.ts';
import { type Lane, WorkQueue } from './work-queue.ts';

/** A ready cluster is looked at again after the drift interval, give or take this share of it. */
const JITTER = 0.2;

/**
 * Brings every registered cluster to what the repository says and takes away those that it no longer names.
 * Work is keyed by the name of the cluster: an off-boarding and a new registration of one name never run together.
 */
export class ClusterController {
  readonly #services: ControllerServices;
  readonly #queue: WorkQueue;
  /** Runs in a row that did not end well, by name; decides back-off and lane. */
  readonly #failures = new Map<string, number>();
  readonly #repairs = new Map<string, RepairLog>();
  /** Runs that are under way, so that one whose file has changed gives way at once. */
  readonly #runs = new Map<string, AbortController>();
  #unsubscribe: (() => void) | undefined;

  constructor(services: ControllerServices) {
    this.#services = services;
    this.#queue = new WorkQueue({
      run: (key, signal) => this.#reconcile(key, signal),
      onError: (key, error) => this.#onError(key, error),
      lane: (key) => this.#lane(key),
      concurrency: services.settings.concurrency,
    });
  }

  /** Begins with everything that is registered or was, and follows the repository from now on. */
  async start(): Promise<void> {
    const { repo, status } = this.#services;
    this.#unsubscribe = repo.onHeadChange((change) => this.#onHeadChange(change));
    for (const { cluster } of await status.offboardings()) this.#queue.add(cluster);
    for (const name of repo.snapshot().clusters.keys()) this.#queue.add(name);
    await this.#takeAwayVanished('the repository');
  }

  /** Ends what runs; what is not finished is taken up again by the next start. */
  async close(): Promise<void> {
    this.#unsubscribe?.();
    await this.#queue.close();
  }

  #onHeadChange(change: HeadChange): void {
    for (const name of change.changed) {
      this.#runs.get(name)?.abort(); // before the add, which may start the next run at once
      this.#queue.add(name, 'user');
    }
    const hasRemovals = [...change.before.clusters].some(([name]) => !change.after.clusters.has(name));
    if (!hasRemovals) return;
    this.#takeAwayVanished(change.descends ? 'a commit' : 'an unrelated history').catch((error: unknown) =>
      this.#onError('', error),
    );
  }

  /** Records an off-boarding for every registration that vanished without one, unless a crowd of them did. */
  async #takeAwayVanished(by: string): Promise<void> {
    const { repo, status, logger } = this.#services;
    const vanished = await findVanished(status, repo.snapshot());
    if (vanished.length === 0) return;
    if (by === 'an unrelated history' || isCrowd(vanished.length, repo.snapshot().clusters.size)) {
      logger.warn({ count: vanished.length, by }, 'removal held back until a maintainer confirms it');
      await Promise.all(vanished.map((cluster) => this.#holdBack(cluster)));
      return;
    }
    for (const cluster of vanished) await this.#recordRemoval(cluster);
  }

  async #recordRemoval({ name, incarnation, apiServer }: Vanished): Promise<void> {
    const { repo, status, clock } = this.#services;
    const commit = await repo.lastCommit(name, AbortSignal.timeout(10_000)).catch(() => undefined);
    await status.putOffboarding({
      cluster: name,
      incarnation,
      apiServer,
      hostCluster: '',
      requestedBy: commit?.author ?? 'a commit',
      requestedAt: timestamp(clock.now()),
      requestId: '',
      forced: false,
      commit: commit?.id ?? repo.snapshot().commit,
      startedAt: '',
    });
    this.#queue.add(name, 'user');
  }

  async #holdBack({ name, incarnation }: Vanished): Promise<void> {
    await this.#services.status.addEvent({
      cluster: name,
      incarnation,
      type: 'Warning',
      reason: 'RemovalHeld',
      message: 'many clusters vanished from the repository at once; nothing is removed until each is deleted by name',
      subject: '',
    });
  }

  #lane(key: string): Lane {
    return (this.#failures.get(key) ?? 0) > 0 ? 'suspect' : 'healthy';
  }

  async #reconcile(name: string, signal: AbortSignal): Promise<void> {
    const superseded = new AbortController();
    this.#runs.set(name, superseded);
    try {
      await this.#bringToDeclaredState(name, AbortSignal.any([signal, superseded.signal]));
    } catch (error) {
      if (!superseded.signal.aborted && !signal.aborted) throw error; // an aborted run is followed by another
    } finally {
      this.#runs.delete(name);
    }
  }

  async #bringToDeclaredState(name: string, signal: AbortSignal): Promise<void> {
    const { repo, status } = this.#services;
    const records = (await status.offboardings()).filter(({ cluster }) => cluster === name);
    const waits = await this.#offboardAll(records, signal);
    const entry = repo.snapshot().clusters.get(name);
    const pending = records.find(({ incarnation }) => incarnation !== entry?.cluster?.incarnation);
    if (entry === undefined || (pending !== undefined && waits !== undefined)) {
      if (waits !== undefined) this.#queue.addAfter(name, waits);
      if (entry?.cluster !== undefined) await this.#showWaiting(entry);
      else this.#forget(name);
      return;
    }
    await this.#onboard(entry, signal);
  }

  /** One pass over every off-boarding of this name; the time until the next pass when one is not finished. */
  async #offboardAll(records: readonly OffboardingRecord[], signal: AbortSignal): Promise<number | undefined> {
    const times: number[] = [];
    for (const record of records) {
      const step = await offboard(this.#services, record, signal);
      if (step !== 'notYet' && 'again' in step) times.push(step.again);
    }
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async #onboard(entry: ClusterEntry, signal: AbortSignal): Promise<void> {
    const { name } = entry;
    const failures = this.#failures.get(name) ?? 0;
    const result = await onboard(this.#services, entry, this.#repairLog(name), failures, signal);
    if (result.reachedCluster) this.#failures.delete(name);
    else this.#failures.set(name, failures + 1);
    this.#queue.addAfter(name, result.againMilliseconds ?? this.#driftDelay());
  }

  async #showWaiting(entry: ClusterEntry): Promise<void> {
    const known = await this.#services.status.status(entry.name);
    this.#services.logger.debug(
      { cluster: entry.name, shown: known?.incarnation },
      'waits for the earlier registration',
    );
  }

  #driftDelay(): number {
    const { driftMilliseconds } = this.#services.settings;
    return driftMilliseconds * (1 - JITTER + 2 * JITTER * Math.random());
  }

  #repairLog(name: string): RepairLog {
    const log = this.#repairs.get(name) ?? new RepairLog();
    this.#repairs.set(name, log);
    return log;
  }

  #forget(name: string): void {
    this.#failures.delete(name);
    this.#repairs.delete(name);
  }

  /** A run that could not even report: nothing is lost, it is tried again. */
  #onError(name: string, error: unknown): void {
    const { reason, message } = asNautesError(error);
    const cause = error instanceof NautesError ? error.cause : error;
    this.#services.logger.error({ cluster: name, reason, error: cause }, message);
    if (name === '') return;
    this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
    this.#queue.addAfter(name, 5_000);
  }
}
