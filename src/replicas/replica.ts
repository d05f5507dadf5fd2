import { BackgroundTasks } from '../base/async/background-tasks.ts';
import { forEachBounded } from '../base/async/concurrency.ts';
import type { Logger } from '../base/logger.ts';
import { NautesError } from '../errors/errors.ts';
import type { Ownership, OwnershipListener } from '../resources/ownership.ts';
import type { ResourceKey } from '../resources/resource-key.ts';
import { Announcements } from './announcements.ts';
import { assignBuckets, bucketOf } from './bucket.ts';
import { BucketLeases } from './bucket-leases.ts';
import { decide, type SeenMember } from './decide.ts';
import { bucketLeaseName, type Lease, type LeaseListener, SERVES_ANNOTATION } from './lease.ts';
import { LeaseFollower } from './lease-follower.ts';
import { Membership, type MembershipOptions } from './membership.ts';
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
  readonly #follower: LeaseFollower;
  readonly #leases: BucketLeases;
  readonly #announcements: Announcements;
  readonly #background: BackgroundTasks;
  readonly #closing = new AbortController();
  #wake = new AbortController();
  #cancelFence: () => void = () => {};
  /** Of the members that were seen last. */
  #assignment: { readonly key: string; readonly owners: readonly (string | undefined)[] } = { key: '-', owners: [] };

  constructor(options: ReplicaOptions) {
    this.#options = options;
    const { store, clock, logger, onTrouble = () => {}, onFact = () => {} } = options;
    const onError = (error: unknown): void => {
      if (!this.#closing.signal.aborted) logger.error({ error }, 'sharing the work has failed');
    };
    this.#background = new BackgroundTasks(onError);
    this.#announcements = new Announcements(onError);
    this.#membership = new Membership(options);
    const shared = { store, clock, self: () => this.name, onTrouble };
    this.#follower = new LeaseFollower({ ...shared, onChange: () => this.#wake.abort() });
    const onLess = () => this.#announce();
    this.#leases = new BucketLeases({ ...shared, logger, seen: this.#follower, onLess, onFact });
  }

  /**
   * Epochs of buckets that are taken from now on are above this one, which is stored: it may have been written by a
   * process that shared the state with no other.
   */
  continueAfter(epoch: number): this {
    this.#leases.continueAfter(epoch);
    return this;
  }

  /** Becomes a member in the background, and takes its share of the work. */
  start(): void {
    const { signal } = this.#closing;
    this.#background.add(this.#keepMembership(signal));
    this.#background.add(this.#follower.run(signal));
    this.#background.add(this.#work(signal));
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

  readonly onChange = (listener: OwnershipListener): (() => void) => this.#announcements.subscribe(listener);

  /** Tells of all Leases that are there now and of each change. */
  onLease(listener: LeaseListener): () => void {
    return this.#follower.subscribe(listener);
  }

  get state(): ReplicaState {
    const { view } = this.#follower;
    const { members } = view.replicas;
    const now = this.#options.clock.now();
    const isAlive = ({ name, hasEnded, since }: SeenMember): boolean =>
      !hasEnded && name !== this.name && now - since < DURATION_MILLISECONDS;
    const others = [...members.values()].filter(isAlive).map(({ name }) => name);
    const serves = (name: string): boolean => view.find(name)?.annotations[SERVES_ANNOTATION] === 'yes';
    const isMember = this.#membership.isCurrent;
    const unowned = [...Array(BUCKETS).keys()].filter((bucket) => (view.holderOf(bucket) ?? '') === '').length;
    return { isMember, owned: this.#owned().size, others, serving: others.filter(serves).length + 1, unowned };
  }

  /** Ends the membership: others take over at once. Everything that works on what it owns has ended before. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cancelFence();
    await this.#background.idle();
    this.#leases.forget();
    await this.#membership.leave(new AbortController().signal).catch((error: unknown) => {
      this.#options.logger.warn({ error }, 'the own Lease could not be given up: others take over when it has expired');
    });
  }

  #epochOf(key: ResourceKey): number | undefined {
    return this.#membership.isCurrent ? this.#leases.epochOf(bucketOf(key)) : undefined;
  }

  async #keepMembership(signal: AbortSignal): Promise<void> {
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
      if (!wasCurrent) this.#follower.view.restart(clock.now());
      onTrouble?.(undefined);
      if (lease === 'lost') this.#lose(before);
      else this.#follower.note(lease.name, lease);
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
    this.#leases.forget();
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

  async #work(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      if (this.#membership.isCurrent) {
        this.#follower.checkWatch();
        if (this.#follower.isComplete) await this.#act(signal);
      }
      await clock.sleep(LOOK_MILLISECONDS, AbortSignal.any([signal, this.#wake.signal])).catch(() => {});
    }
  }

  async #act(signal: AbortSignal): Promise<void> {
    const { name: self, takesFrom } = this.#membership;
    const seen = this.#follower.view;
    const view = {
      ...seen.replicas,
      self,
      takesFrom,
      works: this.#options.works,
      held: this.#owned(),
      releasing: this.#leases.releasing,
      assign: this.#assign,
    };
    const { end, take, release, sweep } = decide(view, this.#options.clock.now());
    for (const bucket of release) this.#background.add(this.#leases.release(bucket, signal));
    // Each write is of the Lease as it was decided on, also when it has to wait for others: it fails if that has changed.
    const leasesOf = (names: readonly string[]) => names.flatMap((name) => seen.find(name) ?? []);
    const wanted = take.map((each) => ({ ...each, before: seen.find(bucketLeaseName(each.bucket)) }));
    const writes = [
      ...leasesOf(end).map((member) => () => this.#end(member, signal)),
      ...leasesOf(sweep).map((member) => () => this.#leases.sweep(member, signal)),
      ...wanted.map((each) => () => this.#leases.take(each, self, signal)),
    ];
    await forEachBounded(writes, BUCKET_WRITES, (write) => write());
    void this.#announce();
  }

  readonly #assign = (members: readonly string[]): readonly (string | undefined)[] => {
    const key = members.join(' ');
    if (this.#assignment.key !== key) this.#assignment = { key, owners: assignBuckets(members) };
    return this.#assignment.owners;
  };

  async #end(member: Lease, signal: AbortSignal): Promise<void> {
    if (await this.#leases.end(member, signal)) this.#wake.abort();
  }

  #owned(): ReadonlySet<number> {
    return this.#membership.isCurrent ? this.#leases.buckets : new Set();
  }

  /** Resolves when nothing works any more on anything that was lost until now. */
  #announce(): Promise<void> {
    return this.#announcements.tell({ buckets: this.#owned(), term: this.#membership.term });
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
