import type { Logger } from '../base/logger.ts';
import type { ReplicaActions } from './decide.ts';
import { bucketLeaseName, type Lease, LeaseConflict, type LeaseStore } from './lease.ts';
import type { LeaseFollower } from './lease-follower.ts';
import { limited } from './membership.ts';
import type { OwnClock } from './own-clock.ts';
import { RENEW_RETRY_MILLISECONDS } from './protocol.ts';

type WantedBucket = ReplicaActions['take'][number] & {
  /** The Lease of the bucket on which that was decided: what is seen since may be that others have it. */
  readonly before: Lease | undefined;
};

export interface BucketLeasesOptions {
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  readonly logger: Logger;
  readonly seen: LeaseFollower;
  /** The member that this replica is now; empty while it is none. */
  readonly self: () => string;
  /** What is owned has become less. Resolves when work on it has ended. */
  readonly onLess: () => Promise<void>;
  readonly onFact: (fact: 'taken' | 'released' | 'ended another') => void;
  readonly onTrouble: (error: unknown) => void;
}

/**
 * The Leases of buckets that name this replica, and the writes by which it takes and gives them and ends members that are
 * silent. Each write counts only for what was seen.
 */
export class BucketLeases {
  readonly #options: BucketLeasesOptions;
  /** With which epoch. */
  readonly #held = new Map<number, Lease>();
  /** Buckets that are given back: nothing new begins there. */
  readonly #releasing = new Set<number>();
  #lowestEpoch = 1;

  constructor(options: BucketLeasesOptions) {
    this.#options = options;
  }

  /** Epochs of buckets that are taken from now on are above this one. */
  continueAfter(epoch: number): void {
    this.#lowestEpoch = Math.max(this.#lowestEpoch, epoch + 1);
  }

  /** Those that it has and does not give back. */
  get buckets(): ReadonlySet<number> {
    return new Set([...this.#held.keys()].filter((bucket) => !this.#releasing.has(bucket)));
  }

  /** Those that it gives back. */
  get releasing(): ReadonlySet<number> {
    return this.#releasing;
  }

  /** `undefined` when it does not have the bucket, or gives it back. */
  epochOf(bucket: number): number | undefined {
    return this.#releasing.has(bucket) ? undefined : this.#held.get(bucket)?.epoch;
  }

  /** The membership has ended, and everything with it. */
  forget(): void {
    this.#held.clear();
    this.#releasing.clear();
  }

  /** Takes a bucket for the member that this replica was when that was decided. */
  async take({ bucket, from, before }: WantedBucket, self: string, signal: AbortSignal): Promise<void> {
    const { seen, onFact } = this.#options;
    if (!(await this.#hasEnded(from, signal)) || !this.#isStill(self)) return;
    const name = bucketLeaseName(bucket);
    const epoch = Math.max(seen.view.epochOf(bucket) + 1, this.#lowestEpoch);
    const taken = { name, role: 'bucket', holder: self, epoch, renewTime: '', annotations: {} } as const;
    const written = await this.#write(name, signal, (store, inTime) =>
      before === undefined
        ? store.create({ ...taken, resourceVersion: '' }, inTime)
        : store.replace({ ...before, holder: self, epoch }, inTime),
    );
    // Without an answer the Lease may name this replica all the same: it takes it once more when it sees that.
    if (written === 'unknown' || written?.holder !== self || !this.#isStill(self)) return;
    this.#held.set(bucket, written);
    onFact('taken');
  }

  /** Gives a bucket to others once the work on it has ended. */
  async release(bucket: number, signal: AbortSignal): Promise<void> {
    const { clock, self: selfNow, onLess, onFact } = this.#options;
    const self = selfNow();
    const lease = this.#held.get(bucket);
    if (lease === undefined || this.#releasing.has(bucket)) return;
    this.#releasing.add(bucket);
    await onLess();
    while (!signal.aborted && this.#isStill(self) && this.#releasing.has(bucket)) {
      const written = await this.#write(lease.name, signal, (store, inTime) =>
        store.replace({ ...lease, holder: '' }, inTime),
      );
      if (written !== 'unknown') {
        this.#held.delete(bucket);
        this.#releasing.delete(bucket);
        onFact('released');
        return;
      }
      await clock.sleep(RENEW_RETRY_MILLISECONDS, signal);
    }
  }

  /** Writes down that a member has ended, which has not renewed this Lease. @returns whether that is so now */
  async end(member: Lease, signal: AbortSignal): Promise<boolean> {
    const { logger, onFact } = this.#options;
    const { name } = member;
    const written = await this.#write(name, signal, (store, inTime) =>
      store.replace({ ...member, holder: '' }, inTime),
    );
    if (written === 'unknown' || written?.holder !== '') return false;
    logger.warn({ member: name }, 'a replica has not renewed its Lease: its work is taken over');
    onFact('ended another');
    return true;
  }

  /** Removes the Lease of a member that ended long ago; where that fails, the next look does. */
  async sweep(member: Lease, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#options;
    await limited(clock, signal, (inTime) => store.remove(member, inTime)).catch(() => {});
  }

  /** A holder whose Lease is not seen: it is looked for past every cache. One that is seen to have ended has ended. */
  async #hasEnded(holder: string, signal: AbortSignal): Promise<boolean> {
    const { seen, store, clock, self, onTrouble } = this.#options;
    if (holder === '' || holder === self() || seen.view.find(holder)?.holder === '') return true;
    try {
      const found = await limited(clock, signal, (inTime) => store.get(holder, inTime));
      if (found !== undefined) seen.note(holder, found);
      return found === undefined || found.holder === '';
    } catch (error) {
      if (!signal.aborted) onTrouble(error);
      return false;
    }
  }

  /** Writes a Lease; what is there after a conflict; `unknown` when it is not known whether it was written. */
  async #write(
    name: string,
    signal: AbortSignal,
    write: (store: LeaseStore, signal: AbortSignal) => Promise<Lease>,
  ): Promise<Lease | undefined | 'unknown'> {
    const { store, clock, seen, onTrouble } = this.#options;
    try {
      const lease = await limited(clock, signal, async (inTime) => {
        try {
          return await write(store, inTime);
        } catch (error) {
          if (!(error instanceof LeaseConflict)) throw error;
          return await store.get(name, inTime);
        }
      });
      seen.note(name, lease);
      return lease;
    } catch (error) {
      if (!signal.aborted) onTrouble(error);
      return 'unknown';
    }
  }

  #isStill(self: string): boolean {
    return self !== '' && this.#options.self() === self;
  }
}
