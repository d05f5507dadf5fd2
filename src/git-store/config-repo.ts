import type { Caller } from '../resources/caller.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import type { CommitInfo } from './git/commit-message.ts';
import type { RegisteredClusters } from './registered-clusters.ts';

/** The clusters at a commit; immutable. */
export interface Snapshot {
  /** Commit id of `main`; empty while the repository has no commit. */
  readonly commit: string;
  readonly clusters: RegisteredClusters;
}

/** What a commit does: the new cluster, or `undefined` for its removal. */
export interface Edit {
  readonly name: string;
  readonly cluster: Cluster | undefined;
}

/** A change that somebody asked for, as an intent that can be carried out again on a newer head. */
export interface ChangeRequest {
  readonly author: Caller;
  /** Imperative, one line, e.g. `Save cluster a`. */
  readonly subject: string;
  /** Becomes the trailer `Request-Id`, by which log lines and commits are brought together. */
  readonly requestId: string;
  /** Further trailers, e.g. `Cluster`, `Operation`, `Forced`. One line each. */
  readonly trailers: readonly (readonly [key: string, value: string])[];
  /**
   * Checks against the clusters it is given and says what to change; an edit that leaves every file
   * as it is makes no commit. Synchronous and without effects: it may run several times, each time on
   * the state left by the request before it. The map is good until it returns. Throws a NautesError to refuse.
   */
  decide(clusters: RegisteredClusters): Edit | undefined;
  /** Asked just before the batch is pushed when the request has waited; throws to refuse. */
  reauthorize?(signal: AbortSignal): Promise<void>;
}

export interface ChangeResult {
  /** The commit of this change, or the head it was found to be so at when nothing had to change. */
  readonly commit: string;
  readonly changed: boolean;
  /** Blob id of the cluster's file after the change; empty after a removal and when `decide` gave no edit. */
  readonly generation: string;
}

/** Announced after `main` moved, whoever moved it. */
export interface HeadChange {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Names of clusters whose file appeared, changed or vanished. */
  readonly changed: readonly string[];
  /** False when the new head does not descend from the old one (rewritten history). */
  readonly descends: boolean;
}

export interface FilePreview {
  readonly file: string;
  readonly changed: boolean;
}

/** The tenant configuration repository. */
export interface ConfigRepo {
  /** The last known state of `main`; never touches the network. */
  snapshot(): Snapshot;
  /** False while `main` cannot be looked at: the snapshot is the last known state, and changes are refused. */
  readonly isCurrent: boolean;
  /**
   * Commits the change and answers when it is on the remote (if there is one).
   * Many requests share a push. Never forces, never loses or doubles a change.
   * A refusal by `decide` and "nothing to change" are true of a head that `main` had after the call.
   * Other people's labels, annotations and unknown fields of a file stay in it.
   * An aborted signal takes the request out of the queue; once its batch is being published it does not.
   * @throws NautesError of `decide` or `reauthorize`; `ConfigRepoRefused` with the words of the remote;
   *   `ConfigRepoUnavailable`, after which the change may still arrive; another `ConfigRepo…` when the remote takes
   *   nothing of this server (or of the caller, then `NoAuthorization`), after which it is certain that nothing arrived;
   *   `ClusterFileInvalid` when the cluster could not be read back; `ConfigRepoInvalid`; `Closing`
   */
  change(request: ChangeRequest, signal: AbortSignal): Promise<ChangeResult>;
  /**
   * The file that a change to this cluster would write on the last known head, and whether it would make a commit.
   * @throws NautesError `ClusterFileInvalid`, `ConfigRepoInvalid`
   */
  preview(cluster: Cluster): FilePreview;
  /** The commit that last changed the cluster's file, with its trailers; also of one that is removed. */
  lastCommit(name: string, signal: AbortSignal): Promise<CommitInfo | undefined>;
  /** Whether the commit belongs to the history of the last known head. Never touches the network. */
  hasCommit(id: string, signal: AbortSignal): Promise<boolean>;
  /** Looks for commits made by others now; resolves when they have been announced. */
  refresh(signal: AbortSignal): Promise<void>;
  /**
   * Calls the listener after each move of `main`, in order, one at a time, before the callers of `change` are
   * answered. Returns the unsubscriber. What a listener throws is logged.
   */
  onHeadChange(listener: (change: HeadChange) => void): () => void;
  /** Refuses what waits with `Closing`, finishes what is being published (for a few seconds) and stops. */
  close(): Promise<void>;
}
