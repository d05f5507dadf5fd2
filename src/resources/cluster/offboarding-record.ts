import type { Message } from '../../messages/text.ts';
import type { ObjectReference } from '../object-reference.ts';

/** Written before a delete is committed; drives the off-boarding until its receipt is there. */
export interface OffboardingRecord {
  readonly cluster: string;
  readonly incarnation: string;
  /** The incarnation written by hand into the file of this registration; absent if the file has its own. */
  readonly fileIncarnation?: string;
  readonly apiServer: string;
  /** Empty for physical clusters. */
  readonly hostCluster: string;
  /** The registration of the host on which it was created; absent for physical clusters, and if unknown. */
  readonly hostIncarnation?: string;
  readonly requestedBy: string;
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly requestId: string;
  readonly forced: boolean;
  /** The commit that removed the cluster; empty until it is known. */
  readonly commit: string;
  /** When the off-boarding started (RFC 3339), empty before: start of the grace period for reaching the cluster. */
  readonly startedAt: string;
  /** When the cluster was first reached with objects still to remove: start of the grace period for that. */
  readonly reachedAt?: string;
  /** What was made on the cluster and not remembered has been looked for. */
  readonly isSearched?: boolean;
  /** What users had built when its deletion was forced; absent otherwise, and until that is known. */
  readonly built?: UserObjects;
  /** The results of the last pass over the components that has left something to do. */
  readonly progress?: RemovalOutcome;
  /** The results for the components, stored before our own access is removed: later they cannot be observed. */
  readonly components?: RemovalOutcome;
  /** Progress of the removal of our own access; absent before it starts. */
  readonly access?: AccessRemoval;
  /** Progress of what is withdrawn from management clusters; absent before it starts, and where nothing was published. */
  readonly withdrawal?: Withdrawal;
}

/** The withdrawal from management clusters: the first step comes before the cluster is touched, the last after it. */
export interface Withdrawal {
  /** Those who used the cluster have let it go, or had their time for that. */
  readonly isLetGo?: boolean;
  /** Who still points to the cluster and does not let it go. */
  readonly staying?: readonly ObjectReference[];
  /** Of what was published on the cluster itself, where it is the management cluster: it goes while that answers. */
  readonly onItself?: RemovalOutcome;
  /** All results. */
  readonly outcome?: RemovalOutcome;
}

/** The removal of our own access, stored step by step: it ends with no access, so nothing can be observed later. */
export interface AccessRemoval {
  /** Why our Namespace stays; absent when it goes. */
  readonly kept?: Message;
  /** Why the last attempt to delete our Namespace failed. */
  readonly refusal?: { readonly reason: string; readonly message: Message };
  /** The grace period is over: account, tokens and rights are removed, and the Namespace stays. */
  readonly isEnding?: boolean;
  /** All results, stored before the credentials are removed. */
  readonly outcome?: RemovalOutcome;
}

/**
 * Whether the file of that name declares the registration that the record is to off-board: it is not touched then.
 * @param entry the repository's entry of the name; its cluster is absent when the file cannot be parsed
 */
export function isRegistered(
  { incarnation, fileIncarnation, startedAt }: OffboardingRecord,
  entry: { readonly resource?: { readonly incarnation: string } } | undefined,
): boolean {
  if (entry === undefined) return false;
  // It may be the file about to be deleted. An off-boarding that has started is not stopped by an unreadable file.
  if (entry.resource === undefined) return startedAt === '';
  return [incarnation, fileIncarnation].includes(entry.resource.incarnation);
}

/** What users have built on the components of a cluster. */
export interface UserObjects {
  readonly total: number;
  /** The first of them. */
  readonly objects: readonly UserObject[];
}

/** An instance of a definition, or an object in a namespace. */
export interface UserObject extends ObjectReference {
  /** The definition or namespace that it goes with. */
  readonly of: string;
}

/** The result of the last pass over objects of a cluster that is off-boarded. */
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

/** An object that could not be removed yet, with the reason. */
export interface RemainingObject extends ObjectReference {
  /** CamelCase. */
  readonly reason: string;
  readonly message: Message;
  /** A remedy if another delete request is of no use. */
  readonly command?: string;
}
