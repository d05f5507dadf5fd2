import type { assignBuckets } from './bucket.ts';
import { BUCKETS, DURATION_MILLISECONDS, SWEEP_MILLISECONDS } from './protocol.ts';

/** A replica as another one sees it. */
export interface SeenMember {
  readonly name: string;
  /** It has ended, or another has found that it does not renew: it works on nothing, and never will. */
  readonly hasEnded: boolean;
  /** It takes work. */
  readonly works: boolean;
  /** Since when its Lease has been as it is, by the clock of the one who looks. */
  readonly since: number;
}

export interface SeenBucket {
  /** Empty when no one has it. */
  readonly holder: string;
}

/** What a replica sees at a moment of its own clock. */
export interface ReplicaView {
  readonly self: string;
  /** When it may take work for the first time: others that start at the same time are seen by then. */
  readonly takesFrom: number;
  /** Whether it takes work. */
  readonly works: boolean;
  readonly members: ReadonlyMap<string, SeenMember>;
  readonly buckets: ReadonlyMap<number, SeenBucket>;
  /** Since when holders of buckets have been without a Lease. */
  readonly absentSince: ReadonlyMap<string, number>;
  /** Buckets that it has and does not give back already. */
  readonly held: ReadonlySet<number>;
  /** Buckets that it gives back. */
  readonly releasing: ReadonlySet<number>;
  /** Who should have which bucket among these members; {@link assignBuckets}, which may be remembered. */
  readonly assign: typeof assignBuckets;
}

/** What a replica should do now; each is a write that succeeds only if nothing has changed. */
export interface ReplicaActions {
  /** Members that have not renewed: their end is to be written down. */
  readonly end: readonly string[];
  /** Buckets to take, with the holder whose end is to be made sure of first (empty: none). */
  readonly take: readonly { readonly bucket: number; readonly from: string }[];
  /** Buckets to give to others, when the work on them has ended. */
  readonly release: readonly number[];
  /** Leases of members that ended long ago. */
  readonly sweep: readonly string[];
}

/** Decides without asking anyone. Only what was seen counts, and only the own clock. */
export function decide(view: ReplicaView, now: number): ReplicaActions {
  const { self, members, held } = view;
  const others = [...members.values()].filter(({ name }) => name !== self);
  const alive = others.filter((member) => !member.hasEnded && !isSilent(member, now));
  const end = others.filter((member) => !member.hasEnded && isSilent(member, now)).map(({ name }) => name);
  const working = alive.filter(({ works }) => works).map(({ name }) => name);
  const assigned = view.assign([...working, ...(view.works ? [self] : [])].sort());
  return {
    end,
    take: now < view.takesFrom ? [] : toTake(view, assigned, now),
    release: [...held].filter((bucket) => assigned[bucket] !== self && assigned[bucket] !== undefined),
    sweep: isFirst(self, alive) ? toSweep(view, others, now) : [],
  };
}

function toTake(view: ReplicaView, assigned: readonly (string | undefined)[], now: number): ReplicaActions['take'] {
  const take: { bucket: number; from: string }[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    if (view.held.has(bucket) || view.releasing.has(bucket)) continue;
    const from = view.buckets.get(bucket)?.holder ?? '';
    // By a write of its own that had no answer. It is given on when it should be another's.
    const isUnconfirmed = from === view.self;
    const isWanted = assigned[bucket] === view.self && isFree(view, from, now);
    if (isUnconfirmed || isWanted) take.push({ bucket, from });
  }
  return take;
}

/** A holder without a Lease may still work, as others may have removed the Lease. It fences itself in that time. */
function isFree({ self, members, absentSince }: ReplicaView, holder: string, now: number): boolean {
  if (holder === '' || holder === self) return holder === '';
  const member = members.get(holder);
  if (member !== undefined) return member.hasEnded;
  return now - (absentSince.get(holder) ?? now) >= DURATION_MILLISECONDS;
}

function isSilent({ since }: SeenMember, now: number): boolean {
  return now - since >= DURATION_MILLISECONDS;
}

/** One replica is enough to remove what is left. */
function isFirst(self: string, alive: readonly SeenMember[]): boolean {
  return alive.every(({ name }) => self < name);
}

function toSweep({ buckets }: ReplicaView, others: readonly SeenMember[], now: number): readonly string[] {
  const holders = new Set([...buckets.values()].map(({ holder }) => holder));
  return others
    .filter(({ name, hasEnded, since }) => hasEnded && now - since >= SWEEP_MILLISECONDS && !holders.has(name))
    .map(({ name }) => name);
}
