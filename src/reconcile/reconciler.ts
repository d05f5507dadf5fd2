import type { Logger } from '../base/logger.ts';
import { type Metrics, noMetrics } from '../base/metrics.ts';
import { asNautesError, NautesError } from '../errors/errors.ts';
import { backoff } from '../base/async/timing.ts';
import type { WaitingCallers } from '../base/async/waiting-callers.ts';
import { KeyRuntime } from './key-runtime.ts';
import { isRunOverdue } from './run-deadline.ts';
import { Quarantine } from './quarantine.ts';
import type { ReconciledKind } from './reconciled-kind.ts';
import { noRunJournal, type RunJournal } from './run-journal.ts';
import type { RunOutcome } from './outcome.ts';
import type { Ownership, OwnershipChange } from '../resources/ownership.ts';
import type { ResourceKey } from '../resources/resource-key.ts';
import { type Lane, type Priority, WorkQueue } from './work-queue.ts';
import { runCount, runDuration, runFailures } from './metrics.ts';

/** A key that is done runs again after the resync interval of its kind, give or take this share of it. */
const JITTER = 0.2;
/** A run that takes longer and is not done continues in the suspect lane. */
const LONG_RUN_MILLISECONDS = 30_000;
/** A run that takes longer is ended. What it has done stays, and the next one continues from there. */
export const MAXIMUM_RUN_MILLISECONDS = 5 * 60_000;
/** The pause after a run that was ended, so that one that is slow on purpose takes little of the time of the others. */
const OVERDUE_BACKOFF = { initialMilliseconds: 60_000, maximumMilliseconds: 30 * 60_000 };
/** A run that failed before it had an outcome is tried again after this time. */
const ERROR_PAUSE_MILLISECONDS = 5_000;

export interface ReconcilerOptions {
  /** How many keys run at the same time, by lane, whatever their kind. */
  readonly concurrency: Readonly<Record<Lane, number>>;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Absent where no other process works on the same resources. */
  readonly ownership?: Ownership;
  /** Those to whom runs give way; default: to nobody. */
  readonly callers?: WaitingCallers;
  /** Default: nothing is remembered across an unclean end. */
  readonly journal?: RunJournal;
  readonly times?: RunTimes;
}

/** How long runs may take, in milliseconds. */
export interface RunTimes {
  /** Default {@link MAXIMUM_RUN_MILLISECONDS}. */
  readonly run?: number;
  /** In a place of the healthy lane; default `MAXIMUM_HEALTHY_RUN_MILLISECONDS`. */
  readonly healthy?: number;
}

/**
 * Runs the resources of every registered kind, each name one at a time: user actions before periodic work, and those
 * that do not answer in a lane of their own, so that waiting for them takes no place from the others.
 */
export class Reconciler {
  readonly #kinds = new Map<string, ReconciledKind>();
  readonly #runtimes = new Map<string, KeyRuntime>();
  readonly #queue: WorkQueue;
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #ownership: Ownership | undefined;
  readonly #unsubscribe: () => void;
  readonly #journal: RunJournal;
  readonly #quarantine: Quarantine;
  readonly #deadlineMilliseconds: number;

  constructor(options: ReconcilerOptions) {
    const {
      concurrency,
      logger,
      metrics = noMetrics,
      ownership,
      callers,
      journal = noRunJournal,
      times = {},
    } = options;
    this.#deadlineMilliseconds = times.run ?? MAXIMUM_RUN_MILLISECONDS;
    this.#ownership = ownership;
    this.#unsubscribe = ownership?.onChange(({ lost }) => this.#giveUp(lost)) ?? (() => {});
    this.#logger = logger;
    this.#journal = journal;
    this.#quarantine = new Quarantine(
      journal.unfinished,
      (id, priority) => this.#queue.add(id, priority),
      (id, held) => this.#kinds.get(keyOf(id).kind)?.onHeld?.(keyOf(id).name, held),
    );
    this.#metrics = metrics;
    this.#queue = new WorkQueue({
      run: (id, lane, signal) => this.#run(id, lane, signal),
      onError: (id, error) => this.#onError(id, error),
      lane: (id) => (this.#runtimes.get(id)?.isSuspect === true ? 'suspect' : 'healthy'),
      isLong: (id) => this.#runtimes.get(id)?.isLong === true,
      onRun: (lane, milliseconds, result) => {
        metrics.add(runCount, { lane, result });
        metrics.observe(runDuration, milliseconds / 1000, { lane });
      },
      concurrency,
      onCrowded: (id) => this.#giveWay(id),
      ...(callers === undefined ? {} : { callers }),
      ...(times.healthy === undefined ? {} : { healthyMilliseconds: times.healthy }),
    });
  }

  /** Takes a kind on. Its keys run once they are requested. */
  register<Memory>(kind: ReconciledKind<Memory>): void {
    if (this.#kinds.has(kind.kind)) throw new Error(`${kind.kind} is registered already`);
    this.#kinds.set(kind.kind, kind);
  }

  /**
   * Runs the key as soon as there is a place for it; one that is running runs once more. Nothing happens, here and in
   * the other methods, when another process works on the key.
   */
  request(key: ResourceKey, priority: Priority = 'background'): void {
    if (!this.#owns(key)) return;
    this.#enqueue(this.#runtimeOf(key), priority);
  }

  /** What is declared has changed: a run under way gives way at once, and what failed before may work now. */
  changed(key: ResourceKey): void {
    if (!this.#owns(key)) return;
    const runtime = this.#runtimeOf(key);
    runtime.supersede(); // before the request, which may start the next run at once
    this.#enqueue(runtime, 'user');
  }

  /**
   * A person asks for a look now. The next run waits for no back-off; one that is under way and gets no answer gives
   * way.
   */
  look(key: ResourceKey): void {
    if (!this.#owns(key)) return;
    const runtime = this.#runtimeOf(key);
    if (runtime.isSuspect) runtime.supersede();
    else runtime.reset();
    runtime.isRequested = true;
    this.#enqueue(runtime, 'user');
  }

  /** Keys that wait for a place and that run, by lane. */
  get load(): WorkQueue['load'] {
    return this.#queue.load;
  }

  /** True until it is closed. */
  get isOpen(): boolean {
    return this.#queue.isOpen;
  }

  /** Aborts what runs and resolves when nothing runs any more. What is not done is requested again at the next start. */
  close(): Promise<void> {
    this.#unsubscribe();
    this.#quarantine.close();
    return this.#queue.close();
  }

  #owns(key: ResourceKey): boolean {
    return this.#ownership?.owns(key) ?? true;
  }

  /** Aborts the runs of what others work on now, and forgets what is remembered of it. Resolves when they have ended. */
  async #giveUp(lost: OwnershipChange['lost']): Promise<void> {
    const runtimes = [...this.#runtimes.values()].filter(({ key }) => lost(key));
    for (const runtime of runtimes) {
      runtime.abort();
      this.#runtimes.delete(runtime.id);
      this.#quarantine.release(runtime.id);
    }
    await Promise.all(runtimes.map(({ id }) => this.#queue.remove(id)));
  }

  /** A key that was under way when the last process ended uncleanly runs in the suspect lane, and when its turn comes. */
  #enqueue(runtime: KeyRuntime, priority: Priority): void {
    if (!this.#quarantine.holds(runtime.id)) return this.#queue.add(runtime.id, priority);
    runtime.isSuspect = true;
    this.#quarantine.request(runtime.id, priority);
  }

  #runtimeOf(key: ResourceKey): KeyRuntime {
    const id = idOf(key);
    const runtime = this.#runtimes.get(id) ?? new KeyRuntime(id, key);
    this.#runtimes.set(id, runtime);
    return runtime;
  }

  async #run(id: string, lane: Lane, closing: AbortSignal): Promise<void> {
    if (!this.#owns(keyOf(id))) return;
    const runtime = this.#runtimeOf(keyOf(id));
    const kind = this.#kinds.get(runtime.key.kind);
    if (kind === undefined) throw new Error(`no kind is registered that runs ${id}`);
    const { signal, end } = runtime.begin(closing, this.#deadlineMilliseconds);
    const started = performance.now();
    const { isRequested } = runtime;
    runtime.isRequested = false;
    this.#journal.began(id);
    try {
      const outcome = await kind.run({ name: runtime.key.name, lane, isRequested, runtime }, signal);
      if (isRequested && outcome.outcome === 'abandoned') runtime.isRequested = true;
      if (isRunOverdue(signal)) this.#settleOverdue(runtime);
      else if (!signal.aborted) this.#settle(kind, runtime, outcome, performance.now() - started);
    } catch (error) {
      if (!signal.aborted) throw error; // an aborted run is followed by another
      if (isRunOverdue(signal)) this.#settleOverdue(runtime);
    } finally {
      end();
      this.#journal.ended(id);
      this.#quarantine.release(id);
    }
  }

  #settle(kind: ReconciledKind, runtime: KeyRuntime, outcome: RunOutcome, milliseconds: number): void {
    const { id } = runtime;
    runtime.isLong = milliseconds > LONG_RUN_MILLISECONDS;
    switch (outcome.outcome) {
      case 'done':
        runtime.reset();
        return this.#queue.addAfter(id, outcome.milliseconds ?? withJitter(kind.resyncMilliseconds));
      case 'wait':
        if (outcome.failure !== undefined) this.#countFailure(runtime.key, outcome.failure);
        if (outcome.answered) runtime.reset();
        else runtime.failed();
        runtime.isSuspect = !outcome.answered || runtime.isLong;
        return this.#queue.addAfter(id, outcome.milliseconds);
      case 'abandoned':
        kind.onAbandoned?.(runtime.key.name);
        runtime.isSuspect = true;
        return this.#queue.add(id);
      case 'skipped':
        this.#runtimes.delete(id);
        return undefined;
      default:
        throw new Error(`unknown outcome of ${id}`);
    }
  }

  /** Whatever it has answered: it was too slow for a run. */
  #settleOverdue(runtime: KeyRuntime): void {
    this.#countFailure(runtime.key, 'RunOverdue');
    const pause = backoff(runtime.failures, OVERDUE_BACKOFF);
    runtime.failed();
    runtime.isSuspect = true;
    runtime.isLong = true;
    this.#queue.addAfter(runtime.id, pause);
  }

  /** A long run ends for the others' sake, and begins again when a place of the suspect lane is free. */
  #giveWay(id: string): void {
    const runtime = this.#runtimes.get(id);
    if (runtime === undefined) return;
    runtime.isSuspect = true;
    runtime.isLong = true;
    runtime.abort();
    this.#queue.add(id);
  }

  #countFailure({ kind }: ResourceKey, reason: string): void {
    this.#metrics.add(runFailures, { kind, reason });
  }

  /** A run that could not even report: nothing is lost, it is tried again. */
  #onError(id: string, error: unknown): void {
    const { reason, message } = asNautesError(error);
    const cause = error instanceof NautesError ? error.cause : error;
    this.#countFailure(keyOf(id), reason);
    this.#logger.error({ ...keyOf(id), reason, error: cause }, message);
    this.#runtimes.get(id)?.failed();
    this.#queue.addAfter(id, ERROR_PAUSE_MILLISECONDS);
  }
}

function idOf({ kind, name }: ResourceKey): string {
  return `${kind}/${name}`;
}

function keyOf(id: string): ResourceKey {
  const end = id.indexOf('/');
  return { kind: id.slice(0, end), name: id.slice(end + 1) };
}

/** The time, give or take a random part of so much of it. */
export function withJitter(milliseconds: number, share = JITTER): number {
  return milliseconds * (1 - share + 2 * share * Math.random());
}
