/** A Lease of the protocol, as far as replicas read it. */
export interface Lease {
  readonly name: string;
  readonly role: LeaseRole;
  /** Name of the member that has it; empty: no one. The holder of a member's Lease is the member, until it has ended. */
  readonly holder: string;
  /** `leaseTransitions`: how often a bucket has changed its holder. 0 elsewhere. */
  readonly epoch: number;
  /** When its member renewed it last, by that member's clock: for people, and to know own writes again. */
  readonly renewTime: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Empty before it is created. */
  readonly resourceVersion: string;
}

/** What a Lease is for: a replica, a part of the work, the last known commit, a request to the owner of a cluster. */
export type LeaseRole = 'member' | 'bucket' | 'head' | 'look';

/** The Lease is not as it was seen: another replica was faster. */
export class LeaseConflict extends Error {}

/** The Leases of one installation. Requests reject with the reason of the signal when it aborts. */
export interface LeaseStore {
  /** As it is, past every cache; `undefined` when there is none. */
  readonly get: (name: string, signal: AbortSignal) => Promise<Lease | undefined>;
  /** @throws LeaseConflict when there is one */
  readonly create: (lease: Lease, signal: AbortSignal) => Promise<Lease>;
  /** Writes what is different if it is still at its resource version. @throws LeaseConflict when it is not, or gone */
  readonly replace: (lease: Lease, signal: AbortSignal) => Promise<Lease>;
  /** Removes it if it is still at its resource version. @throws LeaseConflict when it is not */
  readonly remove: (lease: Lease, signal: AbortSignal) => Promise<void>;
  /** Tells of all Leases and then of each change, until the signal aborts; it resolves then, and with trouble before. */
  readonly follow: (listener: LeaseListener, signal: AbortSignal) => Promise<void>;
}

export interface LeaseListener {
  /** These are all. */
  readonly all: (leases: readonly Lease[]) => void;
  readonly changed: (lease: Lease) => void;
  readonly gone: (name: string) => void;
}

/** Annotation of a member: `yes` when it takes work. */
export const WORKS_ANNOTATION = 'nautes.io/works';
/** Annotation of a member: `yes` when it serves the API. */
export const SERVES_ANNOTATION = 'nautes.io/serves';

export function bucketLeaseName(bucket: number): string {
  return `nautes-bucket-${bucket}`;
}

/** The bucket of a Lease's name, `undefined` when it is another Lease. */
export function bucketOfLease(name: string): number | undefined {
  const match = /^nautes-bucket-(0|[1-9][0-9]{0,3})$/.exec(name);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
