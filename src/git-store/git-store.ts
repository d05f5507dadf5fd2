import type { NautesError } from '../errors/errors.ts';
import type { Caller } from '../resources/caller.ts';
import type { FileLayout, NamedResource, ResourceSets } from '../resources/repository-layout.ts';
import type { CommitInfo } from './git/commit-message.ts';
import type { Snapshot } from './head/head.ts';

/** What a commit does to one file. */
export interface FileEdit {
  readonly layout: FileLayout;
  readonly name: string;
  /** What the file says afterwards; `undefined` removes it. */
  readonly resource: NamedResource | undefined;
}

/** What a commit does: edits of different files, also of several kinds; none when there is nothing to do. */
export type Edit = readonly FileEdit[];

/** Saves the resource in its file. */
export function put<Resource extends NamedResource, Index extends string>(
  layout: FileLayout<Resource, Index>,
  resource: Resource,
): FileEdit {
  return { layout, name: resource.name, resource };
}

/** Removes the file of the resource; without one there is nothing to do. */
export function remove<Resource extends NamedResource, Index extends string>(
  layout: FileLayout<Resource, Index>,
  name: string,
): FileEdit {
  return { layout, name, resource: undefined };
}

/** A change as an intent that can be carried out again on a newer head. */
export interface ChangeRequest {
  readonly author: Caller;
  /** Imperative, one line, e.g. `Save <kind> <name>`. */
  readonly subject: string;
  /** Becomes the trailer `Request-Id`, by which log lines and commits are brought together. */
  readonly requestId: string;
  /** Further trailers, e.g. the kind, `Operation`, `Forced`. One line each. */
  readonly trailers: readonly (readonly [key: string, value: string])[];
  /**
   * Checks against the resources it is given and says what to change, all in one commit; edits that leave every file
   * as it is make no commit. Synchronous and without effects: it may run several times, each time on the state left by
   * the request before it. What it is given is good until it returns. Throws a NautesError to refuse.
   */
  decide(resources: ResourceSets): Edit;
  /** Asked just before the batch is pushed when the request has waited; throws to refuse. */
  reauthorize?(signal: AbortSignal): Promise<void>;
}

export interface ChangeResult {
  /** The commit of this change, or the head it was found to be so at when nothing had to change. */
  readonly commit: string;
  readonly changed: boolean;
  /** For each edit, the blob id of its file after the change; empty after a removal. */
  readonly fileRevisions: readonly string[];
}

/** The files that differ between two heads. */
export interface ChangedNames {
  /** Names of the resources of the kind whose file appeared, changed or vanished. */
  of(layout: Pick<FileLayout, 'kind'>): readonly string[];
}

/** Announced after each move of `main`. */
export interface HeadChange {
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly changed: ChangedNames;
  /** False when the new head does not descend from the old one (rewritten history). */
  readonly descends: boolean;
}

export interface HistoryPage {
  readonly limit: number;
  readonly before?: string;
}

/** The text of a file before and after a commit. */
export interface FilesAtCommit {
  readonly before?: string;
  readonly after?: string;
}

export interface FilePreview {
  readonly file: string;
  readonly changed: boolean;
}

/** A Git repository whose `main` says what should be, in files of the kinds that it was opened with. */
export interface GitStore {
  /** The last known state of `main`; never touches the network. */
  snapshot(): Snapshot;
  /** False while `main` cannot be fetched: the snapshot is the last known state, and changes are refused. */
  readonly isCurrent: boolean;
  /** Why `main` could not be fetched last; `undefined` while {@link isCurrent}. */
  readonly problem: NautesError | undefined;
  /**
   * Commits the change and answers when it is on the remote (if there is one).
   * Many requests share a push. Never forces, never loses or doubles a change.
   * A refusal by `decide` and "nothing to change" are true of a head that `main` had after the call.
   * What the layout keeps of a file, such as labels that others added, stays in it.
   * An aborted signal takes the request out of the queue; once its batch is being published it does not.
   * @throws NautesError of `decide` or `reauthorize`; `ConfigRepoRefused` with the words of the remote;
   *   `ConfigRepoUnavailable`, after which the change may still arrive; another `ConfigRepo…` when the remote takes
   *   nothing of this server (or of the caller, then `NoAuthorization`), after which it is certain that nothing arrived;
   *   the error of the layout when a resource could not be read back; `ConfigRepoInvalid`; `Closing`
   */
  change(request: ChangeRequest, signal: AbortSignal): Promise<ChangeResult>;
  /**
   * The file that a save of this resource would write on the last known head, and whether it would make a commit.
   * @throws NautesError of the layout when it could not be read back; `ConfigRepoInvalid`
   */
  preview<Resource extends NamedResource, Index extends string>(
    layout: FileLayout<Resource, Index>,
    resource: Resource,
  ): FilePreview;
  /** The commit that last changed the file of the resource, with its trailers; also when that removed it. */
  lastCommit(layout: Pick<FileLayout, 'kind'>, name: string, signal: AbortSignal): Promise<CommitInfo | undefined>;
  /**
   * The commits that changed the file of the resource, newest first.
   * @param page at most so many, those before the commit (which may be any); from the last known head on without one
   */
  history(
    layout: Pick<FileLayout, 'kind'>,
    name: string,
    page: HistoryPage,
    signal: AbortSignal,
  ): Promise<readonly CommitInfo[]>;
  /**
   * The file of the resource at the commit, and at the commit before that; absent where it is not there, or too large for its
   * kind. `undefined` when the commit does not belong to the history of the last known head.
   */
  filesAt(
    layout: Pick<FileLayout, 'kind'>,
    name: string,
    commit: string,
    signal: AbortSignal,
  ): Promise<FilesAtCommit | undefined>;
  /** Whether the commit belongs to the history of the last known head. Never touches the network. */
  hasCommit(id: string, signal: AbortSignal): Promise<boolean>;
  /** Looks for commits made by others now; resolves when they have been announced. */
  refresh(signal: AbortSignal): Promise<void>;
  /**
   * Calls the listener after each move of `main`, in order, one at a time, before the callers of `change` are
   * answered. Returns the unsubscriber. What a listener throws is logged.
   */
  onHeadChange(listener: (change: HeadChange) => void): () => void;
  /**
   * Begins to end: no batch begins any more, what waits or comes is refused with `Closing`. Resolves when the batch that
   * runs is answered: within a few seconds, after which it is given up, with `ConfigRepoUnavailable` as it may arrive.
   */
  stopChanges(): Promise<void>;
  /** @throws NautesError `ConfigRepoUnavailable` when nothing can be written to the local repository */
  checkWritable(): Promise<void>;
  /** Refuses queued requests with `Closing`, finishes the running batch (for a few seconds) and stops. */
  close(): Promise<void>;
}
