import { Coalescer } from '../base/async/coalescer.ts';
import type { Logger } from '../base/logger.ts';
import { type Lease, LeaseConflict, type LeaseStore } from './lease.ts';
import { limited } from './membership.ts';
import type { OwnClock } from './own-clock.ts';
import type { Replica } from './replica.ts';

const HEAD_LEASE = 'nautes-head';
const COMMIT_ANNOTATION = 'nautes.io/commit';
/** Tries of a write that others are faster with; they say the same or something newer. */
const TRIES = 3;
/** How long reading waits for a commit that is known to be there. */
const READ_MILLISECONDS = 2_000;

/** `main` as a replica knows it. */
export interface KnownHead {
  /** Empty when there is none. */
  readonly commit: () => string;
  /** Whether the commit belongs to the history of the known head. */
  readonly has: (commit: string, signal: AbortSignal) => Promise<boolean>;
  /** Looks for commits of others now. */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
}

export interface HeadSignalOptions {
  readonly replica: Pick<Replica, 'name' | 'onLease'>;
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  readonly head: KnownHead;
  readonly logger: Logger;
}

/**
 * Tells the other replicas of each new commit, and looks for one as soon as another replica tells of it. Nothing depends
 * on it but time: every replica polls the remote as well.
 */
export class HeadSignal {
  readonly #options: HeadSignalOptions;
  readonly #closing = new AbortController();
  readonly #writes = new Coalescer(() => this.#write());
  readonly #fetches = new Coalescer(() => this.#fetch());
  readonly #unsubscribe: () => void;
  #seen: Lease | undefined;
  #fetching: Promise<void> | undefined;

  constructor(options: HeadSignalOptions) {
    this.#options = options;
    const take = (lease: Lease): void => {
      if (lease.name === HEAD_LEASE) this.#onSeen(lease);
    };
    this.#unsubscribe = options.replica.onLease({
      all: (leases) => leases.forEach(take),
      changed: take,
      gone: (name) => {
        if (name === HEAD_LEASE) this.#seen = undefined;
      },
    });
  }

  /** `main` has moved, as far as this replica knows. */
  moved(): void {
    if (this.#closing.signal.aborted || this.#announced === this.#options.head.commit()) return;
    this.#writes.run(HEAD_LEASE).catch((error: unknown) => {
      if (!this.#closing.signal.aborted)
        this.#options.logger.debug({ error }, 'other replicas were not told of a commit');
    });
  }

  /** Waits, for a moment at most, while a commit is fetched that another replica has told of. */
  async settle(): Promise<void> {
    if (this.#fetching === undefined) return;
    const { promise: passed, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.schedule(READ_MILLISECONDS, resolve);
    await Promise.race([this.#fetching, passed]);
    cancel();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#unsubscribe();
    await this.#fetching;
  }

  /** The commit that was told of last. */
  get #announced(): string {
    return this.#seen?.annotations[COMMIT_ANNOTATION] ?? '';
  }

  #onSeen(lease: Lease): void {
    this.#seen = lease;
    if (this.#announced === '' || this.#announced === this.#options.head.commit()) return;
    const fetching = this.#fetches.run(HEAD_LEASE).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) this.#options.logger.debug({ error }, 'the fetch for another replica failed');
    });
    this.#fetching = fetching;
    void fetching.then(() => {
      if (this.#fetching === fetching) this.#fetching = undefined;
    });
  }

  async #fetch(): Promise<void> {
    const { head } = this.#options;
    const { signal } = this.#closing;
    if (this.#announced === head.commit() || (await head.has(this.#announced, signal))) return;
    await head.refresh(signal);
  }

  async #write(): Promise<void> {
    const { store, clock, head, replica } = this.#options;
    for (let left = TRIES; left > 0; left -= 1) {
      const commit = head.commit();
      if (commit === '' || commit === this.#announced) return;
      const annotations = { [COMMIT_ANNOTATION]: commit };
      const lease = { name: HEAD_LEASE, role: 'head', holder: replica.name, epoch: 0, renewTime: '' } as const;
      const seen = this.#seen;
      try {
        this.#seen = await limited(clock, this.#closing.signal, (signal) =>
          seen === undefined
            ? store.create({ ...lease, annotations, resourceVersion: '' }, signal)
            : store.replace({ ...seen, holder: replica.name, annotations }, signal),
        );
        return;
      } catch (error) {
        if (!(error instanceof LeaseConflict) || left === 1) throw error;
        this.#seen = await limited(clock, this.#closing.signal, (signal) => store.get(HEAD_LEASE, signal));
      }
    }
  }
}
