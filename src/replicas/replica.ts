import type { Logger } from '../base/logger.ts';
import { forEachBounded } from '../base/async/concurrency.ts';
import { NautesError } from '../errors/errors.ts';
import type { Ownership, OwnershipChange, OwnershipListener } from '../resources/ownership.ts';
import type { ResourceKey } from '../resources/resource-key.ts';
import { assignBuckets, bucketOf } from './bucket.ts';
import { decide, type ReplicaActions, type SeenMember } from './decide.ts';
import {
  bucketLeaseName,
  type Lease,
  LeaseConflict,
  type LeaseListener,
  type LeaseStore,
  SERVES_ANNOTATION,
} from './lease.ts';
import { LeaseView } from './lease-view.ts';
import { limited, Membership, type MembershipOptions } from './membership.ts';
import type { OwnClock } from './own-clock.ts';
import {
  BUCKET_WRITES,
  BUCKETS,
  DURATION_MILLISECONDS,
  LOOK_MILLISECONDS,
  RENEW_MILLISECONDS,
  RENEW_RETRY_MILLISECONDS,
} from './protocol.ts';

export interface ReplicaOptions extends Omit<MembershipOptions, 'annotations'> {
  readonly clock: OwnClock;
  readonly annotations: MembershipOptions['annotations'];
  /** It takes work; else it is a member that others know of. */
  readonly works: boolean;
  readonly logger: Logger;
  /** A request for a Lease failed, or the way to the API server is good again (`undefined`). */
  readonly onTrouble?: (error: unknown) => void;
  /** What happened, for metrics. */
  readonly onFact?: (fact: ReplicaFact) => void;
}

/** `taken`: a bucket has changed its holder; `fenced`: it stopped by itself; `lost`: others have ended it. */
export type ReplicaFact = 'taken' | 'released' | 'fenced' | 'lost' | 'ended another';

/**
 * One of the replicas that share the work by Leases. It has a bucket when the Lease of the bucket names it, and works on
 * it only while its own Lease is fresh by its own clock, see {@link Membership}.
 */
export class Replica implements Ownership {
  readonly #options: ReplicaOptions;
  readonly #membership: Membership;
  readonly #view = new LeaseView();
  /** Buckets whose Lease names this replica, and with which epoch. */
  readonly #held = new Map<number, Lease>();
  /** Buckets that are given back: nothing new begins there. */
  readonly #releasing = new Set<number>();
  readonly #uncertain = new Set<number>();
  readonly #listeners = new Set<OwnershipListener>();
  readonly #followers = new Set<LeaseListener>();
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<unknown>>();
  /** Work on what was lost, until it has ended. */
  readonly #ending = new Set<Promise<unknown>>();
  #wake = new AbortController();
  #cancelFence: () => void = () => {};
  #following = new AbortController();
  /** When a renewal of its own was seen by the watch. */
  #sawOwnAt = 0;
  /** What listeners know to be owned. */
  #announced: ReadonlySet<number> = new Set();
  /** The term of the membership in which that was so. */
  #announcedTerm = 0;
  #lowestEpoch = 1;
  #isComplete = false;
  /** Of the members that were seen last. */
  #assignment: { readonly key: string; readonly owners: readonly (string | undefined)[] } = { key: '-', owners: [] };

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#membership = new Membership(options);
  }

  /**
   * Epochs of buckets that are taken from now on are above this one, which is stored: it may have been written by a
   * process that shared the state with no other.
   */
  continueAfter(epoch: number): this {
    this.#lowestEpoch = Math.max(this.#lowestEpoch, epoch + 1);
    return this;
  }

  /** Becomes a member in the background, and takes its share of the work. */
  start(): void {
    this.#spawn(this.#keepMembership());
    this.#spawn(this.#follow());
    this.#spawn(this.#work());
  }

  /** Name of the member that this is now; empty while it is none. */
  get name(): string {
    return this.#membership.name;
  }

  readonly owns = (key: ResourceKey): boolean => this.#epochOf(key) !== undefined;

  /** @throws NautesError `OwnedElsewhere` */
  readonly epochOf = (key: ResourceKey): number => {
    const epoch = this.#epochOf(key);
    if (epoch === undefined) throw new NautesError('OwnedElsewhere', { cluster: key.name });
    return epoch;
  };

  /** Looked at before each request to a cluster. @throws NautesError `OwnedElsewhere` once it has fenced itself */
  readonly checkFence = (cluster: string): void => {
    if (!this.#membership.isCurrent) throw new NautesError('OwnedElsewhere', { cluster });
  };

  readonly onChange = (listener: OwnershipListener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Tells of all Leases that are there now and of each change. */
  onLease(listener: LeaseListener): () => void {
    this.#followers.add(listener);
    if (this.#isComplete) listener.all([...this.#view.leases]);
    return () => this.#followers.delete(listener);
  }

  get state(): ReplicaState {
    const { members } = this.#view.replicas;
    const now = this.#options.clock.now();
    const isAlive = ({ name, hasEnded, since }: SeenMember): boolean =>
      !hasEnded && name !== this.name && now - since < DURATION_MILLISECONDS;
    const others = [...members.values()].filter(isAlive).map(({ name }) => name);
    const serves = (name: string): boolean => this.#view.find(name)?.annotations[SERVES_ANNOTATION] === 'yes';
    const isMember = this.#membership.isCurrent;
    const unowned = [...Array(BUCKETS).keys()].filter((bucket) => (this.#view.holderOf(bucket) ?? '') === '').length;
    return { isMember, owned: this.#owned().size, others, serving: others.filter(serves).length + 1, unowned };
  }

  /** Ends the membership: others take over at once. Everything that works on what it owns has ended before. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cancelFence();
    await Promise.allSettled(this.#background);
    this.#held.clear();
    await this.#membership.leave(new AbortController().signal).catch((error: unknown) => {
      this.#options.logger.warn({ error }, 'the own Lease could not be given up: others take over when it has expired');
    });
  }

  #epochOf(key: ResourceKey): number | undefined {
    if (!this.#membership.isCurrent) return undefined;
    const bucket = bucketOf(key);
    return this.#releasing.has(bucket) ? undefined : this.#held.get(bucket)?.epoch;
  }

  async #keepMembership(): Promise<void> {
    const { signal } = this.#closing;
    const { clock } = this.#options;
    while (!signal.aborted) {
      const sentAt = clock.now();
      const renewed = await this.#renew(signal);
      // Counted from the request, as the fence is: slow answers leave as many tries before it as quick ones.
      const untilNext = Math.max(0, sentAt + RENEW_MILLISECONDS - clock.now());
      await clock.sleep(renewed ? untilNext : RENEW_RETRY_MILLISECONDS, signal);
    }
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    const { clock, onTrouble } = this.#options;
    const [before, wasCurrent] = [this.name, this.#membership.isCurrent];
    try {
      const lease = await this.#membership.renew(signal);
      if (!wasCurrent) this.#view.restart(clock.now());
      onTrouble?.(undefined);
      if (lease === 'lost') this.#lose(before);
      else this.#view.put(lease, clock.now());
      void this.#announce();
      return lease !== 'lost';
    } catch (error) {
      if (!signal.aborted) onTrouble?.(error);
      return false;
    } finally {
      this.#watchFence();
    }
  }

  #lose(name: string): void {
    this.#held.clear();
    this.#releasing.clear();
    this.#uncertain.clear();
    this.#options.logger.warn({ member: name }, 'this replica is no member any more: its work is taken over');
    this.#options.onFact?.('lost');
  }

  /** Tells of the fence as it falls; that it has fallen is seen at each request, whatever timers do. */
  #watchFence(): void {
    this.#cancelFence();
    const { remaining } = this.#membership;
    if (remaining === 0 || this.#closing.signal.aborted) return;
    this.#cancelFence = this.#options.clock.schedule(Math.ceil(remaining), () => {
      if (this.#membership.isCurrent) {
        this.#watchFence();
        return;
      }
      this.#options.logger.warn({ member: this.name }, 'the own Lease was not renewed in time: all work stops');
      this.#options.onFact?.('fenced');
      void this.#announce();
    });
  }

  async #follow(): Promise<void> {
    const { store, clock, onTrouble } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#following = new AbortController();
      this.#sawOwnAt = clock.now();
      await store.follow(this.#listener, AbortSignal.any([signal, this.#following.signal])).catch((error: unknown) => {
        if (!signal.aborted) onTrouble?.(error);
      });
      await clock.sleep(RENEW_RETRY_MILLISECONDS, signal);
    }
  }

  readonly #listener: LeaseListener = {
    all: (leases) => {
      this.#view.replaceAll(leases, this.#options.clock.now());
      this.#isComplete = true;
      for (const follower of this.#followers) follower.all(leases);
      this.#wake.abort();
    },
    changed: (lease) => {
      const before = this.#view.find(lease.name);
      if (lease.name === this.name) this.#sawOwnAt = this.#options.clock.now();
      this.#view.put(lease, this.#options.clock.now());
      for (const follower of this.#followers) follower.changed(lease);
      if (before?.holder !== lease.holder) this.#wake.abort();
    },
    gone: (name) => {
      this.#view.remove(name, this.#options.clock.now());
      for (const follower of this.#followers) follower.gone(name);
      this.#wake.abort();
    },
  };

  async #work(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      this.#checkWatch();
      if (this.#isComplete && this.#membership.isCurrent) await this.#act(signal);
      await clock.sleep(LOOK_MILLISECONDS, AbortSignal.any([signal, this.#wake.signal])).catch(() => {});
    }
  }

  /** A watch that does not even tell of the own renewals is dead, though its connection may stand. */
  #checkWatch(): void {
    if (!this.#membership.isCurrent || this.#options.clock.now() - this.#sawOwnAt < DURATION_MILLISECONDS) return;
    this.#following.abort();
  }

  async #act(signal: AbortSignal): Promise<void> {
    const [works, held] = [this.#options.works, new Set(this.#owned())];
    const { name: self, takesFrom } = this.#membership;
    const view = {
      ...this.#view.replicas,
      self,
      takesFrom,
      works,
      held,
      uncertain: this.#uncertain,
      assign: this.#assign,
    };
    const { end, take, release, sweep } = decide(view, this.#options.clock.now());
    for (const bucket of release) this.#spawn(this.#release(bucket));
    const writes = [
      ...end.map((name) => () => this.#end(name, signal)),
      ...sweep.map((name) => () => this.#sweep(name, signal)),
      ...take.map((wanted) => () => this.#take(self, wanted, signal)),
    ];
    await forEachBounded(writes, BUCKET_WRITES, (write) => write());
    void this.#announce();
  }

  readonly #assign = (members: readonly string[]): readonly (string | undefined)[] => {
    const key = members.join(' ');
    if (this.#assignment.key !== key) this.#assignment = { key, owners: assignBuckets(members) };
    return this.#assignment.owners;
  };

  async #take(self: string, { bucket, from }: ReplicaActions['take'][number], signal: AbortSignal): Promise<void> {
    if (!(await this.#hasEnded(from, signal)) || !this.#isStill(self)) return;
    const name = bucketLeaseName(bucket);
    const seen = this.#view.find(name);
    const epoch = Math.max(this.#view.epochOf(bucket) + 1, this.#lowestEpoch);
    const taken = { name, role: 'bucket', holder: self, epoch, renewTime: '', annotations: {} } as const;
    this.#uncertain.add(bucket);
    const written = await this.#write(name, signal, (store, inTime) =>
      seen === undefined
        ? store.create({ ...taken, resourceVersion: '' }, inTime)
        : store.replace({ ...seen, holder: self, epoch }, inTime),
    );
    if (written === 'unknown') return;
    this.#uncertain.delete(bucket);
    if (written?.holder !== self || !this.#isStill(self) || this.#releasing.has(bucket)) return;
    this.#held.set(bucket, written);
    this.#options.onFact?.('taken');
  }

  /** A holder whose Lease is not seen: it is looked for past every cache. One that is seen to have ended has ended. */
  async #hasEnded(holder: string, signal: AbortSignal): Promise<boolean> {
    if (holder === '' || holder === this.name || this.#view.find(holder)?.holder === '') return true;
    try {
      const found = await this.#limited(signal, (inTime) => this.#options.store.get(holder, inTime));
      if (found !== undefined) this.#view.put(found, this.#options.clock.now());
      return found === undefined || found.holder === '';
    } catch (error) {
      if (!signal.aborted) this.#options.onTrouble?.(error);
      return false;
    }
  }

  async #release(bucket: number): Promise<void> {
    const { signal } = this.#closing;
    const self = this.name;
    const lease = this.#held.get(bucket);
    if (lease === undefined || this.#releasing.has(bucket)) return;
    this.#releasing.add(bucket);
    await this.#announce();
    while (!signal.aborted && this.#isStill(self) && this.#releasing.has(bucket)) {
      const written = await this.#write(lease.name, signal, (store, inTime) =>
        store.replace({ ...lease, holder: '' }, inTime),
      );
      if (written !== 'unknown') {
        this.#held.delete(bucket);
        this.#releasing.delete(bucket);
        this.#options.onFact?.('released');
        return;
      }
      await this.#options.clock.sleep(RENEW_RETRY_MILLISECONDS, signal);
    }
  }

  async #end(name: string, signal: AbortSignal): Promise<void> {
    const seen = this.#view.find(name);
    if (seen === undefined) return;
    const written = await this.#write(name, signal, (store, inTime) => store.replace({ ...seen, holder: '' }, inTime));
    if (written === 'unknown' || written?.holder !== '') return;
    this.#options.logger.warn({ member: name }, 'a replica has not renewed its Lease: its work is taken over');
    this.#options.onFact?.('ended another');
    this.#wake.abort();
  }

  async #sweep(name: string, signal: AbortSignal): Promise<void> {
    const seen = this.#view.find(name);
    if (seen === undefined) return;
    await this.#limited(signal, (inTime) => this.#options.store.remove(seen, inTime)).catch(() => {}); // the next look
  }

  /** Writes a Lease; what is there after a conflict; `unknown` when it is not known whether it was written. */
  async #write(
    name: string,
    signal: AbortSignal,
    write: (store: LeaseStore, signal: AbortSignal) => Promise<Lease>,
  ): Promise<Lease | undefined | 'unknown'> {
    const { store, clock, onTrouble } = this.#options;
    try {
      const lease = await this.#limited(signal, async (inTime) => {
        try {
          return await write(store, inTime);
        } catch (error) {
          if (!(error instanceof LeaseConflict)) throw error;
          return await store.get(name, inTime);
        }
      });
      if (lease === undefined) this.#view.remove(name, clock.now());
      else this.#view.put(lease, clock.now());
      return lease;
    } catch (error) {
      if (!signal.aborted) onTrouble?.(error);
      return 'unknown';
    }
  }

  #isStill(self: string): boolean {
    return self !== '' && this.name === self;
  }

  #owned(): ReadonlySet<number> {
    if (!this.#membership.isCurrent) return new Set();
    return new Set([...this.#held.keys()].filter((bucket) => !this.#releasing.has(bucket)));
  }

  /**
   * Tells listeners what has changed since they were told last. Resolves when work on what was lost has ended. What was
   * owned before and after a fence is lost and gained: requests for it were dropped in between.
   */
  #announce(): Promise<void> {
    const { term } = this.#membership;
    if (term !== this.#announcedTerm) this.#tell(new Set());
    this.#announcedTerm = term;
    this.#tell(this.#owned());
    return this.#ended();
  }

  #tell(now: ReadonlySet<number>): void {
    const before = this.#announced;
    const isEqual = before.size === now.size && [...now].every((bucket) => before.has(bucket));
    if (isEqual) return;
    this.#announced = now;
    const change: OwnershipChange = {
      gained: (key) => isIn(now, key) && !isIn(before, key),
      lost: (key) => isIn(before, key) && !isIn(now, key),
    };
    for (const listener of this.#listeners) this.#track(this.#ending, listener(change));
  }

  #limited<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return limited(this.#options.clock, signal, request);
  }

  /** Resolves when nothing works any more on anything that was lost until now. */
  async #ended(): Promise<void> {
    await Promise.all(this.#ending);
  }

  #spawn(task: Promise<unknown>): void {
    this.#track(this.#background, task);
  }

  #track(tasks: Set<Promise<unknown>>, task: Promise<unknown>): void {
    const ended = task
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#options.logger.error({ error }, 'sharing the work has failed');
      })
      .finally(() => tasks.delete(ended));
    tasks.add(ended);
  }
}

/** What people and metrics are told of a replica. */
export interface ReplicaState {
  /** It may work: its own Lease is fresh. */
  readonly isMember: boolean;
  /** Buckets that it works on. */
  readonly owned: number;
  /** Buckets that no replica has. */
  readonly unowned: number;
  /** Other members that are alive. */
  readonly others: readonly string[];
  /** Replicas that serve the API, with this one, which is asked because it does. */
  readonly serving: number;
}

function isIn(buckets: ReadonlySet<number>, key: ResourceKey): boolean {
  return buckets.has(bucketOf(key));
}
