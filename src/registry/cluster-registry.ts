import type { Message } from '../messages/text.ts';
import type { Secret } from '../base/secret.ts';
import type { CommitInfo, FilesAtCommit } from '../git-store/index.ts';
import type { NodePorts } from '../kube/index.ts';
import type { Caller, Role } from '../resources/caller.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import type { ClusterStatus } from '../resources/cluster/cluster-status.ts';
import type { ClusterDraft } from '../resources/cluster/cluster-draft.ts';
import type { DeletionPlan } from './delete/deletion-plan.ts';
import type { HeldObject } from './read/held-object.ts';
import type { ClusterPlan } from './save/cluster-plan.ts';

/** What every request carries: who asks (proved by the token) and under which id it is found in logs and commits. */
export interface RequestContext {
  readonly token: Secret;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** A request after authentication. */
export interface CallerContext {
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface SaveOptions {
  /** Skip the preflight (address rules are never skipped); leaves a trace in the commit. */
  readonly skipCheck: boolean;
  /** Take the cluster over from the installation that holds it; leaves a trace in the commit. */
  readonly takeOver?: boolean;
  /** Generation that the caller has seen, `*` for any; another one there is a conflict. */
  readonly ifMatch?: string;
}

export interface SaveResult {
  readonly commit: string;
  /** False when everything was as asked already. */
  readonly changed: boolean;
  readonly generation: string;
  /** What was accepted and will not have the effect that its sender may expect. */
  readonly warnings: readonly Message[];
}

export type { HeldObject } from './read/held-object.ts';
export type { NodePorts } from '../kube/index.ts';
export type { CommitInfo } from '../git-store/index.ts';

export interface HistoryOptions {
  /** At most so many commits. */
  readonly limit: number;
  /** Only those before this commit. */
  readonly before?: string;
}

/** What a commit did to the file of a cluster. */
export interface ClusterAtCommit extends FilesAtCommit {
  /** What the file said then; absent when there was none, or it cannot be understood. */
  readonly cluster?: Cluster;
}

/** The file of a cluster. */
export interface ClusterFile {
  readonly text: string;
  /** Its blob id. */
  readonly generation: string;
  /** The head that it was read at. */
  readonly commit: string;
}

export interface RotateOptions {
  /** Generation that the caller has seen, `*` for any; another one there is a conflict. */
  readonly ifMatch?: string;
  /** Names this request for a rotation: asking again under the same name asks for nothing new. */
  readonly key?: string;
}

export interface PauseOptions {
  /** When it ends by itself, RFC 3339; empty: when the cluster is resumed. */
  readonly until: string;
  /** Why, for others to read; can be empty. */
  readonly reason: string;
  /** Generation that the caller has seen, `*` for any; another one there is a conflict. */
  readonly ifMatch?: string;
}

export interface SyncResult {
  /** RFC 3339: the look has ended once the status was checked at this time or later. */
  readonly requestedAt: string;
}

export interface DeleteOptions {
  /** Delete also what would be lost with the cluster, and do not wait for a cluster that does not answer. */
  readonly force: boolean;
}

export interface DeleteResult {
  readonly commit: string;
}

/** A registered cluster and the blob id of its file. */
export interface RegisteredCluster {
  readonly cluster: Cluster;
  readonly generation: string;
}

/** Every cluster, each list in the order of names. */
export interface ClusterListing {
  readonly registered: readonly RegisteredCluster[];
  /** Clusters without a readable file: it cannot be understood, or the cluster is being deleted. */
  readonly unregistered: readonly ClusterStatus[];
}

/** The use cases as the API sees them, without the services that they need. All errors are NautesErrors. */
export interface ClusterRegistry {
  /** First step of every request. @throws `Unauthenticated` */
  authenticate(request: RequestContext): Promise<CallerContext>;
  /** @throws `NoAuthorization` unless the caller may read. */
  authorizeRead(context: CallerContext): Promise<void>;
  /** Before a large request is decoded. @throws `NoAuthorization` unless the caller may register clusters. */
  authorizeSave(context: CallerContext): Promise<void>;
  save(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<SaveResult>;
  /** What a save would do and what it would be refused for; changes nothing. */
  plan(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<ClusterPlan>;
  /** What a deletion would do and what it would be refused for; changes nothing. @throws `ClusterNotFound` */
  planDeletion(context: CallerContext, name: string, options: DeleteOptions): Promise<DeletionPlan>;
  delete(context: CallerContext, name: string, options: DeleteOptions): Promise<DeleteResult>;
  /** Commits the request for a new credential of our own. @throws `ClusterNotFound`, `ClusterChanged` */
  rotate(context: CallerContext, name: string, options: RotateOptions): Promise<SaveResult>;
  /** The cluster is checked and not changed. @throws `ClusterInvalid`, `ClusterNotFound`, `ClusterChanged` */
  pause(context: CallerContext, name: string, options: PauseOptions): Promise<SaveResult>;
  /** Ends the pause. @throws `ClusterNotFound`, `ClusterChanged` */
  resume(context: CallerContext, name: string, options: Pick<PauseOptions, 'ifMatch'>): Promise<SaveResult>;
  /** Asks for a look at the cluster now. @throws `ClusterNotFound`, `ControllersElsewhere` */
  sync(context: CallerContext, name: string): Promise<SyncResult>;
  /** @throws `ClusterNotFound` */
  get(context: CallerContext, name: string): Promise<RegisteredCluster>;
  /** The commit that last changed the file, also when that removed it. @throws `ClusterNotFound` when there never was one */
  lastCommit(context: CallerContext, name: string): Promise<CommitInfo>;
  /** The commits that changed its file, newest first. @throws `ClusterNotFound` when there never was one */
  history(context: CallerContext, name: string, options: HistoryOptions): Promise<readonly CommitInfo[]>;
  /** Its file before and after a commit. @throws `CommitNotFound` */
  filesAt(context: CallerContext, name: string, commit: string): Promise<ClusterAtCommit>;
  /** Its file as it is. @throws `ClusterNotFound` */
  file(context: CallerContext, name: string): Promise<ClusterFile>;
  /** What is remembered of its objects, those of a component or, when that is empty, all. @throws `ClusterNotFound` */
  objects(context: CallerContext, name: string, component: string): Promise<readonly HeldObject[]>;
  /** Which node ports it has: it is asked. @throws `ClusterNotFound`, `HostNotReady`, or why it cannot be asked */
  nodePorts(context: CallerContext, name: string, count: number): Promise<NodePorts>;
  /** @throws `NoAuthorization` unless the caller may see and revoke tokens */
  authorizeTokens(context: CallerContext): Promise<void>;
  /** The most that the caller may do. @throws `NoAuthorization` when that is nothing */
  roleOf(context: CallerContext): Promise<Role>;
  list(context: CallerContext): Promise<ClusterListing>;
  /** Also of a cluster whose file cannot be understood, and of one that is being deleted. @throws `ClusterNotFound` */
  status(context: CallerContext, name: string): Promise<ClusterStatus>;
  /** The status of every cluster, in the order of names. */
  statuses(context: CallerContext): Promise<readonly ClusterStatus[]>;
}
