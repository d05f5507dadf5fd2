import { type Lease, LeaseConflict, type LeaseStore } from './lease.ts';
import type { OwnClock } from './own-clock.ts';
import { DURATION_MILLISECONDS, FENCE_MILLISECONDS, REQUEST_MILLISECONDS, SETTLE_MILLISECONDS } from './protocol.ts';

export interface MembershipOptions {
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  /** A name that no member ever had. */
  readonly newName: () => string;
  /** What the Lease says of the replica. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The time of day, for people. */
  readonly timestamp: () => string;
}

interface Member {
  readonly lease: Lease;
  /** When the last renewal that was accepted was sent, by the own clock. */
  readonly renewedAt: number;
  readonly term: number;
  readonly takesFrom: number;
}

/**
 * The Lease by which a replica is a member. It is renewed as it was left; when it is not as it was left, another replica
 * has ended the membership, or the API server has an earlier state: the replica begins again under another name.
 */
export class Membership {
  readonly #options: MembershipOptions;
  #member: Member | undefined;
  /** Renewals that were sent and not answered: any of them may have been accepted. */
  #unanswered: string[] = [];
  #takesFrom = 0;
  #terms = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Name of the member; empty while it is none. */
  get name(): string {
    return this.#member?.lease.name ?? '';
  }

  /** True while no other replica can have taken over: checked before each request to a cluster. */
  get isCurrent(): boolean {
    return this.remaining > 0;
  }

  /** Milliseconds until the replica fences itself; 0 when it has, or is no member. */
  get remaining(): number {
    if (this.#member === undefined) return 0;
    return Math.max(0, this.#member.renewedAt + FENCE_MILLISECONDS - this.#options.clock.now());
  }

  /**
   * Number of the uninterrupted time in which the replica may work; changes when it was fenced in between, however
   * shortly. 0 while it is no member.
   */
  get term(): number {
    return this.#member?.term ?? 0;
  }

  /** From when on it may take work, by the own clock. */
  get takesFrom(): number {
    return this.#member?.takesFrom ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Becomes a member, or renews. Rejects when that was not possible now.
   * @returns the Lease as it is now; `lost` when the membership has ended and everything with it
   */
  async renew(signal: AbortSignal): Promise<Lease | 'lost'> {
    const sentAt = this.#options.clock.now();
    if (this.#member === undefined) return this.#join(sentAt, signal);
    const renewTime = this.#options.timestamp();
    this.#unanswered.push(renewTime);
    try {
      const lease = await this.#limited(signal, (inTime) =>
        this.#options.store.replace({ ...this.#lease(), renewTime }, inTime),
      );
      return this.#renewed(lease, sentAt);
    } catch (error) {
      if (!(error instanceof LeaseConflict)) throw error;
    }
    return this.#lookAgain(signal);
  }

  /** Ends the membership; all work has ended before. Others take over at once. */
  async leave(signal: AbortSignal): Promise<void> {
    const member = this.#member;
    const own = [member?.lease.renewTime, ...this.#unanswered];
    this.#member = undefined;
    this.#unanswered = [];
    if (member === undefined) return;
    const giveUp = (lease: Lease): Promise<Lease> =>
      this.#limited(signal, (inTime) => this.#options.store.replace({ ...lease, holder: '' }, inTime));
    try {
      await giveUp(member.lease);
    } catch (error) {
      if (!(error instanceof LeaseConflict)) throw error;
      // A renewal that was under way at the end may have been accepted.
      const found = await this.#limited(signal, (inTime) => this.#options.store.get(member.lease.name, inTime));
      if (found !== undefined && found.holder !== '' && own.includes(found.renewTime)) await giveUp(found);
    }
  }

  async #join(sentAt: number, signal: AbortSignal): Promise<Lease> {
    const { store, newName, annotations, timestamp } = this.#options;
    const name = newName();
    const renewTime = timestamp();
    const lease: Lease = { name, role: 'member', holder: name, epoch: 0, renewTime, annotations, resourceVersion: '' };
    // Without an answer it may be there all the same: as nobody renews it, it ends.
    const created = await this.#limited(signal, (inTime) => store.create(lease, inTime));
    this.#takesFrom = Math.max(this.#takesFrom, this.#options.clock.now() + SETTLE_MILLISECONDS);
    return this.#renewed(created, sentAt);
  }

  /** Another write was first: an own one that was not answered, or that of another replica. */
  async #lookAgain(signal: AbortSignal): Promise<Lease | 'lost'> {
    const lease = this.#lease();
    const found = await this.#limited(signal, (inTime) => this.#options.store.get(lease.name, inTime));
    const own = [lease.renewTime, ...this.#unanswered];
    const isOwn = found !== undefined && found.holder !== '' && own.includes(found.renewTime);
    if (isOwn && this.#member !== undefined) {
      this.#member = { ...this.#member, lease: found };
      this.#unanswered = [found.renewTime];
      return this.renew(signal);
    }
    this.#member = undefined;
    this.#unanswered = [];
    // Others may go by an earlier state too: all that worked before have fenced themselves in that time.
    if (found === undefined || found.holder !== '') {
      this.#takesFrom = this.#options.clock.now() + DURATION_MILLISECONDS;
    }
    return 'lost';
  }

  #renewed(lease: Lease, sentAt: number): Lease {
    this.#unanswered = [];
    if (!this.isCurrent) this.#terms += 1;
    this.#member = { lease, renewedAt: sentAt, term: this.#terms, takesFrom: this.#takesFrom };
    return lease;
  }

  #lease(): Lease {
    if (this.#member === undefined) throw new Error('there is no membership');
    return this.#member.lease;
  }

  #limited<T>(signal: AbortSignal, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return limited(this.#options.clock, signal, request);
  }
}

/** A request that is given up after {@link REQUEST_MILLISECONDS}. */
export async function limited<T>(
  clock: OwnClock,
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const cancel = clock.schedule(REQUEST_MILLISECONDS, () =>
    deadline.abort(new DOMException('the API server has not answered', 'TimeoutError')),
  );
  try {
    return await request(AbortSignal.any([signal, deadline.signal]));
  } finally {
    cancel();
  }
}
