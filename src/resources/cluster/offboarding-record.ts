import type { Message } from '../../messages/text.ts';
import type { ObjectReference } from '../object-reference.ts';

/** Written before a delete is committed; drives the off-boarding until its receipt is there. */
export interface OffboardingRecord {
  readonly cluster: string;
  readonly incarnation: string;
  /** The incarnation that a hand gave the file of this registration; absent where the file has its own. */
  readonly fileIncarnation?: string;
  readonly apiServer: string;
  /** Empty for physical clusters. */
  readonly hostCluster: string;
  /** The registration of the host that it was made on; absent for physical clusters, and where it is not known. */
  readonly hostIncarnation?: string;
  readonly requestedBy: string;
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly requestId: string;
  readonly forced: boolean;
  /** The commit that removed the cluster; empty until it is known. */
  readonly commit: string;
  /** When the off-boarding began to act (RFC 3339), empty before: the grace period for reaching the cluster begins. */
  readonly startedAt: string;
  /** When the cluster was first reached and something remained to be removed: the same time again begins for that. */
  readonly reachedAt?: string;
  /** What became of the components, stored before our own access is taken away: after that nobody can look again. */
  readonly components?: RemovalOutcome;
  /** How far the removal of our own access is; absent before it begins. */
  readonly access?: AccessRemoval;
}

/** The removal of our own access, stored step by step: it ends with us locked out, and nobody can look after that. */
export interface AccessRemoval {
  /** Why our Namespace could not be deleted when that was tried last. */
  readonly refusal?: { readonly reason: string; readonly message: Message };
  /** The grace period is over: account, tokens and rights end, and the Namespace stays. */
  readonly isEnding?: boolean;
  /** What became of everything, stored before the credentials go. */
  readonly outcome?: RemovalOutcome;
}

/**
 * Whether the file of that name stands for the registration that the record is to take away: nothing of it is touched then.
 * @param entry what the repository has under the name; its cluster is absent when the file cannot be understood
 */
export function isRegistered(
  { incarnation, fileIncarnation, startedAt }: OffboardingRecord,
  entry: { readonly resource?: { readonly incarnation: string } } | undefined,
): boolean {
  if (entry === undefined) return false;
  // It may be the file that is about to be deleted. An off-boarding that has begun is not stopped by what nobody can read.
  if (entry.resource === undefined) return startedAt === '';
  return [incarnation, fileIncarnation].includes(entry.resource.incarnation);
}

/** What the last pass over objects of a cluster that goes has found. */
export interface RemovalOutcome {
  readonly removed: readonly ObjectReference[];
  /** Left on purpose. */
  readonly left: readonly RetainedObject[];
  readonly remaining: readonly RemainingObject[];
}

/** An object that is left on purpose, and why. */
export interface RetainedObject extends ObjectReference {
  readonly reason: Message;
}

/** An object that could not be removed yet, and why. */
export interface RemainingObject extends ObjectReference {
  /** CamelCase. */
  readonly reason: string;
  readonly message: Message;
  /** What a person can do where deleting the object once more is of no use. */
  readonly command?: string;
}
