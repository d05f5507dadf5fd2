import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { defined } from '../base/defined.ts';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../base/metrics.ts';
import { asNautesError, isAbort, NautesError } from '../errors/errors.ts';
import { backoff, sleep, withDeadline } from '../base/async/timing.ts';
import type { Branch, Publication } from './branch/branch.ts';
import type { CommitMarks } from './git/commit-mark.ts';
import type { Person } from './git/commit-message.ts';
import type { ChangeRequest, ChangeResult } from './git-store.ts';
import type { Git } from './git/git.ts';
import type { HeadTracker } from './head-tracker.ts';
import { type Pending, pendingChange, reauthorize } from './pending-change.ts';
import { type Plan, planChanges } from './plan.ts';
import { batchSize, commitCount, pushCount, pushDuration } from './metrics.ts';

/** Most requests in one push. */
const MAXIMUM_BATCH = 500;

/** Most requests that may wait; more are refused at once. */
const MAXIMUM_QUEUE = 10_000;

/** Attempts when other writers push at the same time. */
const MAXIMUM_CONFLICTS = 40;

/** Attempts while the repository cannot be reached. */
const MAXIMUM_FAULTS = 3;

/** A batch waits for so long when the remote asks to come back later; else its callers are told the time. */
const MAXIMUM_PAUSE_MILLISECONDS = 15_000;

/** Asked for a batch, rights hold for its further attempts so long. */
const BATCH_AUTHORIZATION_MILLISECONDS = 1000;

/** A batch that is not through by then fails. */
const BATCH_DEADLINE_MILLISECONDS = 90_000;

/** When to ask again while the server ends: another one is expected by then. */
const RESTART_MILLISECONDS = 10_000;

const RETRY = { initialMilliseconds: 20, maximumMilliseconds: 1500 };

export interface WriterOptions {
  readonly git: Git;
  readonly branch: Branch;
  readonly tracker: HeadTracker;
  /** Marks the commits as this installation's. */
  readonly marks: CommitMarks;
  readonly committer: Person;
  readonly namespace: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** A request that was authorised longer ago is asked about again before it is published; with 0 each one is. */
  readonly authorizationMilliseconds: number;
  /** Requests of different keys are published apart, e.g. because each is pushed with the token of its caller. */
  readonly pushKey?: (request: ChangeRequest) => string;
  /** Runs a task while no other moves the known head. */
  exclusively(task: () => Promise<void>): Promise<void>;
  /** Told of each pack written. */
  onPack(): void;
}

/** The single writer: queued requests become consecutive commits that are published in one push. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #stop = new AbortController();
  readonly #queue: Pending[] = [];
  #closed: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  /** Commits that we tried to publish in this batch, with what they mean should they have arrived. */
  readonly #attempted = new Map<string, { pending: Pending; result: ChangeResult }>();
  /** An attempt of this batch may have arrived without our knowing. */
  #isUncertain = false;
  /** When it was last certain that the known head is that of the branch. */
  #confirmedAt = Number.NEGATIVE_INFINITY;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  change(request: ChangeRequest, signal: AbortSignal): Promise<ChangeResult> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#closed !== undefined) return Promise.reject(closing());
    if (this.#queue.length >= MAXIMUM_QUEUE) {
      return Promise.reject(
        new NautesError('ConfigRepoUnavailable', { problem: message('ConfigRepoUnavailable.queueFull') }),
      );
    }
    return new Promise((resolve, reject) => {
      const { authorizationMilliseconds, pushKey } = this.#options;
      const authorizedAt = authorizationMilliseconds === 0 ? Number.NEGATIVE_INFINITY : performance.now();
      const start = { request, signal, authorizedAt, key: pushKey?.(request) ?? '' };
      this.#queue.push(pendingChange(start, resolve, reject));
      this.#running ??= this.#run();
    });
  }

  /** Refuses queued requests and lets the running batch finish within the grace period. May be called again. */
  close(graceMilliseconds: number): Promise<void> {
    return (this.#closed ??= this.#close(graceMilliseconds));
  }

  async #close(graceMilliseconds: number): Promise<void> {
    for (const pending of this.#queue.splice(0)) pending.reject(closing());
    const timer = setTimeout(() => this.#stop.abort(), graceMilliseconds);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await turn(); // callers that were answered together ask together
      const batch = this.#takeBatch();
      for (const pending of batch) pending.begun = true;
      this.#isUncertain = false;
      const signal = withDeadline(this.#stop.signal, BATCH_DEADLINE_MILLISECONDS);
      try {
        await this.#options.exclusively(() => this.#carryOut(batch, signal));
      } catch (error) {
        const failure = this.#asUncertain(this.#failure(error));
        for (const pending of batch) pending.reject(failure);
      }
      this.#attempted.clear();
    }
    this.#running = undefined;
  }

  /** What waits, in its order, as far as it can be pushed together with the first. */
  #takeBatch(): Pending[] {
    const batch = this.#queue.filter(({ key }) => key === this.#queue[0]?.key).slice(0, MAXIMUM_BATCH);
    const taken = new Set(batch);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((pending) => !taken.has(pending)));
    return batch;
  }

  /** While an attempt may have arrived, every failure is `ConfigRepoUnavailable`: "nothing was changed" must be certain. */
  #asUncertain(failure: NautesError): NautesError {
    if (!this.#isUncertain || failure.reason === 'ConfigRepoUnavailable') return failure;
    const { said, retryAfterMilliseconds } = failure;
    const options = { cause: failure, ...defined({ retryAfterMilliseconds }) };
    return new NautesError('ConfigRepoUnavailable', { problem: said }, options);
  }

  /** Settles every request of the batch. */
  async #carryOut(batch: readonly Pending[], signal: AbortSignal): Promise<void> {
    let conflicts = 0;
    let faults = 0;
    for (;;) {
      const pending = await this.#admit(batch, signal);
      if (pending.length === 0) return;
      const plan = await this.#plan(pending, signal);
      const faultsBefore = faults;
      let failure = new NautesError('ConfigRepoUnavailable', { problem: message('ConfigRepoUnavailable.outrun') });
      try {
        const publication = await this.#publish(plan, pending, signal);
        if (publication.kind === 'accepted') return settleAll(plan, pending);
        if (publication.kind === 'refused') {
          await this.#carryOutApart(plan, pending, publication.words, signal);
          continue;
        }
        conflicts += 1;
        // Also by ourselves: a push whose connection breaks is sent twice by the HTTP client that git uses.
        this.#isUncertain = true;
      } catch (error) {
        failure = this.#failure(error);
        if (leavesOpen(failure)) this.#isUncertain = true;
        if (!mayPass(failure)) throw failure;
        faults += 1;
      }
      // Whether the attempt has arrived after all is seen by looking, also when there is no attempt left.
      const unreached = failure.reason === 'ConfigRepoUnavailable' ? await this.#tryToSynchronize(signal) : undefined;
      if (unreached !== undefined) {
        failure = unreached;
        faults = faultsBefore + 1;
      }
      if (conflicts < MAXIMUM_CONFLICTS && faults < MAXIMUM_FAULTS) {
        await sleep(Math.max(backoff(conflicts + 2 * faults, RETRY), failure.retryAfterMilliseconds ?? 0), signal);
        continue;
      }
      for (const each of pending) each.reject(this.#asUncertain(failure));
    }
  }

  /** The requests that are neither aborted nor refused by a new authorisation. */
  async #admit(batch: readonly Pending[], signal: AbortSignal): Promise<Pending[]> {
    for (const pending of batch) if (pending.signal.aborted) pending.reject(pending.signal.reason);
    const live = batch.filter((pending) => !pending.settled);
    const holds = Math.max(this.#options.authorizationMilliseconds, BATCH_AUTHORIZATION_MILLISECONDS);
    const latest = performance.now() - holds;
    const stale = live.filter((pending) => pending.authorizedAt < latest);
    await Promise.all(stale.map((pending) => reauthorize(pending, signal)));
    return live.filter((pending) => !pending.settled);
  }

  async #plan(pending: readonly Pending[], signal: AbortSignal): Promise<Plan> {
    const { tracker, committer, namespace, clock, marks } = this.#options;
    const requests = pending.map(({ request }) => request);
    const markKey = await marks.key(signal);
    return planChanges(tracker.head, requests, { committer, namespace, now: clock.now(), markKey });
  }

  async #publish(plan: Plan, pending: readonly Pending[], signal: AbortSignal): Promise<Publication> {
    const { branch, tracker } = this.#options;
    if (plan.commits.length === 0) return this.#confirm(pending, signal);
    for (const { request, info } of plan.commits) {
      const [asked, outcome] = [pending[request], plan.outcomes[request]];
      if (asked !== undefined && outcome !== undefined && 'result' in outcome) {
        this.#attempted.set(info.id, { pending: asked, result: outcome.result });
      }
    }
    const started = performance.now();
    let result: Publication['kind'] | 'failed' = 'failed';
    try {
      // Those of a batch are pushed with one token: they have one caller where it is the caller's.
      const caller = pending[0]?.request.author;
      const [before, after] = [tracker.commit, plan.head.snapshot.commit];
      const move = { before, after, pack: plan.pack.finish(), caller };
      const publication = await branch.publish(move, signal);
      result = publication.kind;
      if (publication.kind === 'accepted') {
        this.#confirmedAt = started;
        tracker.advance(plan.head, plan.commits);
      }
      return publication;
    } finally {
      this.#options.onPack();
      this.#count(result, plan.commits.length, performance.now() - started);
    }
  }

  #count(result: Publication['kind'] | 'failed', commits: number, milliseconds: number): void {
    const { metrics } = this.#options;
    metrics.add(pushCount, { result });
    metrics.observe(pushDuration, milliseconds / 1000);
    if (result !== 'accepted') return;
    metrics.add(commitCount, {}, commits);
    metrics.observe(batchSize, commits);
  }

  /** Refusals and "nothing to do" count only on the head that the branch had after the question was asked. */
  async #confirm(pending: readonly Pending[], signal: AbortSignal): Promise<Publication> {
    if (pending.every(({ queuedAt }) => queuedAt <= this.#confirmedAt)) return { kind: 'accepted' };
    const before = this.#options.tracker.commit;
    await this.#synchronize(signal);
    return { kind: before === this.#options.tracker.commit ? 'accepted' : 'moved' };
  }

  /** Bisects a rejected batch so that only the offending commit fails. */
  async #carryOutApart(plan: Plan, pending: readonly Pending[], words: Message, signal: AbortSignal): Promise<void> {
    const [only] = plan.commits;
    const middle = plan.commits[Math.ceil(plan.commits.length / 2)];
    if (middle !== undefined && plan.commits.length > 1) {
      await this.#carryOut(pending.slice(0, middle.request), signal);
      await this.#carryOut(pending.slice(middle.request), signal);
    } else if (only !== undefined) {
      pending[only.request]?.reject(new NautesError('ConfigRepoRefused', { problem: words }));
    }
  }

  async #tryToSynchronize(signal: AbortSignal): Promise<NautesError | undefined> {
    try {
      await this.#synchronize(signal);
      return undefined;
    } catch (error) {
      const failure = this.#failure(error);
      if (!mayPass(failure)) throw failure;
      return failure;
    }
  }

  /** Learns where the branch is; requests whose commits are found on it are done. */
  async #synchronize(signal: AbortSignal): Promise<void> {
    const { git, branch, tracker } = this.#options;
    const started = performance.now();
    const before = tracker.commit;
    const fetched = await branch.fetch(signal);
    if (fetched !== before) {
      await tracker.follow(fetched, signal);
      const range = ['rev-list', fetched, ...(before === '' ? [] : [`^${before}`])];
      const arrived = this.#attempted.size === 0 ? '' : (await git.output(range, { signal })).toString('latin1');
      for (const id of arrived.split('\n')) {
        const attempt = this.#attempted.get(id);
        attempt?.pending.resolve(attempt.result);
      }
    }
    this.#isUncertain = false;
    this.#confirmedAt = started;
  }

  #failure(error: unknown): NautesError {
    if (this.#stop.signal.aborted) return closing(error);
    if (isAbort(error))
      return new NautesError(
        'ConfigRepoUnavailable',
        { problem: message('ConfigRepoUnavailable.tookTooLong') },
        { cause: error },
      );
    return directoryFailure(error) ?? asNautesError(error);
  }
}

/** The failure of the file system as one of the repository; `undefined` for any other error. */
export function directoryFailure(error: unknown): NautesError | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  const problem = message('ConfigRepoUnavailable.directory', { code: String(error.code) });
  return new NautesError('ConfigRepoUnavailable', { problem }, { cause: error });
}

/** True for the failure of an attempt that may have arrived all the same; also one that was given up at the end. */
function leavesOpen({ reason }: NautesError): boolean {
  return reason === 'ConfigRepoUnavailable' || reason === 'Closing';
}

function closing(cause?: unknown): NautesError {
  return new NautesError('Closing', {}, { cause, retryAfterMilliseconds: RESTART_MILLISECONDS });
}

/** True for a failure that is retried within the batch. */
function mayPass({ reason, next, retryAfterMilliseconds }: NautesError): boolean {
  if (reason === 'ConfigRepoUnavailable') return true;
  return next === 'waiting' && (retryAfterMilliseconds ?? Number.POSITIVE_INFINITY) <= MAXIMUM_PAUSE_MILLISECONDS;
}

function settleAll(plan: Plan, pending: readonly Pending[]): void {
  for (const [index, outcome] of plan.outcomes.entries()) {
    if ('result' in outcome) pending[index]?.resolve(outcome.result);
    else pending[index]?.reject(outcome.error);
  }
}
