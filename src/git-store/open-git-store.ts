import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { asNautesError, isAbort, NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { sha256 } from '../base/hash.ts';
import { untilAborted } from '../base/async/timing.ts';
import { KeyedMutex } from '../base/async/keyed-mutex.ts';
import type { Logger } from '../base/logger.ts';
import { type Metrics, noMetrics } from '../base/metrics.ts';
import type { Programs } from '../base/programs/programs.ts';
import type { FileLayout, NamedResource } from '../resources/repository-layout.ts';
import type { Branch } from './branch/branch.ts';
import type { Person } from './git/commit-message.ts';
import {
  type ChangeRequest,
  type ChangeResult,
  type FilePreview,
  type FilesAtCommit,
  type GitStore,
  type HeadChange,
  type HistoryPage,
  put,
} from './git-store.ts';
import type { CommitInfo } from './git/commit-message.ts';
import { CommitMarks, type MarkKeys } from './git/commit-mark.ts';
import { Git, requireGit } from './git/git.ts';
import type { Snapshot } from './head/head.ts';
import { requireReadable } from './head/readable.ts';
import { HeadTracker } from './head-tracker.ts';
import { History } from './history.ts';
import { LocalBranch } from './branch/local-branch.ts';
import { ObjectStorage, type StorageLimits } from './git/object-storage.ts';
import { ObjectReader } from './git/object-reader.ts';
import { planFirstCommit, previewFile } from './plan.ts';
import { ReferenceUpdater } from './git/reference-updater.ts';
import { Repacker } from './repacker.ts';
import type { RemoteOptions } from './branch/remote/remote-access.ts';
import { RemoteBranch } from './branch/remote-branch.ts';
import { checkRepositoryWritable, prepareRepository, writePack } from './git/repository-directory.ts';
import { watchReferences } from './branch/watch.ts';
import { directoryFailure, Writer } from './writer.ts';

/** Default for how long a request that waits counts as authorised. */
const AUTHORIZATION_MILLISECONDS = 5000;

/** What is being published when the repository is closed may take this long. */
const CLOSE_GRACE_MILLISECONDS = 5000;

/** Poll interval of the embedded repository, for file systems without change notifications. */
const LOCAL_POLL_MILLISECONDS = 5000;

export interface GitStoreOptions {
  /** The bare repository; made when it is not there. One process at a time. */
  readonly directory: string;
  /** Where `main` counts; without it the repository in the directory is the one. */
  readonly remote?: RemoteOptions;
  /** How often a remote is asked for commits of others. */
  readonly fetchIntervalMilliseconds: number;
  readonly committer: Person;
  /** The kinds that are read and written; other files are left alone. */
  readonly layouts: readonly FileLayout[];
  /** Namespace written into the files. */
  readonly namespace: string;
  /** What the repository is, for log lines and its first commit, e.g. `configuration repository`. */
  readonly title: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly metrics?: Metrics;
  /** How long a request's authorisation is good for while it waits to be published; 0: it is asked for. Default 5 s. */
  readonly authorizationMilliseconds?: number;
  /** Keys by which this installation knows its own commits; without them the trailers of every commit count. */
  readonly markKeys?: MarkKeys;
  /** Of the copy of a remote's repository. */
  readonly storage?: StorageLimits;
  /** Who starts git; this process itself by default. */
  readonly programs?: Programs;
}

/**
 * Opens a repository. An empty one gets a first commit.
 * With a remote that does not answer, the last known state is served; the very first start needs the remote.
 * @throws NautesError `GitUnusable`, `ConfigRepoInvalid`, `ConfigRepoUnavailable`, or a refusal of the remote
 */
export async function openGitStore(options: GitStoreOptions, signal: AbortSignal): Promise<GitStore> {
  await requireGit(signal);
  const repository = new GitRepositoryStore(options);
  try {
    await repository.start(signal);
  } catch (error) {
    await repository.close();
    throw error;
  }
  return repository;
}

class GitRepositoryStore implements GitStore {
  readonly #options: GitStoreOptions;
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #updater: ReferenceUpdater;
  readonly #local: LocalBranch;
  readonly #branch: Branch;
  readonly #history: History;
  readonly #tracker: HeadTracker;
  readonly #repacker: Repacker;
  readonly #writer: Writer;
  readonly #mutex = new KeyedMutex();
  readonly #stop = new AbortController();
  readonly #closers: (() => void)[] = [];
  #looking: Promise<void> | undefined;
  /** Why the branch could not be fetched last. */
  #away: NautesError | undefined;

  constructor(options: GitStoreOptions) {
    this.#options = options;
    const { name, email } = options.committer;
    const variables = {
      GIT_COMMITTER_NAME: name, // for the log of references
      GIT_COMMITTER_EMAIL: email,
      ...options.remote?.environment,
    };
    this.#git = new Git(options.directory, variables, options.programs);
    this.#reader = new ObjectReader(this.#git);
    this.#updater = new ReferenceUpdater(this.#git);
    this.#local = new LocalBranch(this.#git, this.#reader, this.#updater);
    this.#branch =
      options.remote === undefined
        ? this.#local
        : new RemoteBranch(options.remote, {
            git: this.#git,
            reader: this.#reader,
            updater: this.#updater,
            logger: options.logger,
            storage: this.#storage(),
            inspect: (commit) => requireReadable(this.#reader, commit, options.layouts),
          });
    const marks = new CommitMarks(options.markKeys);
    this.#history = new History(
      { git: this.#git, reader: this.#reader, marks },
      options.layouts.map(({ directory }) => directory),
    );
    this.#tracker = new HeadTracker({
      git: this.#git,
      reader: this.#reader,
      history: this.#history,
      logger: options.logger,
      layouts: options.layouts,
    });
    this.#repacker = new Repacker(this.#git, options.logger, async () => {
      this.#reader.restart();
      await this.#exclusively(async () => this.#updater.restart());
    });
    this.#writer = new Writer({
      git: this.#git,
      branch: this.#branch,
      tracker: this.#tracker,
      marks,
      committer: options.committer,
      namespace: options.namespace,
      clock: options.clock ?? systemClock,
      metrics: options.metrics ?? noMetrics,
      authorizationMilliseconds: options.authorizationMilliseconds ?? AUTHORIZATION_MILLISECONDS,
      ...(options.remote?.callerCredentials === undefined ? {} : { pushKey: callerKey }),
      exclusively: (task) => this.#exclusively(task),
      onPack: () => this.#repacker.countPack(),
    });
  }

  #storage(): ObjectStorage {
    const { logger, storage: limits } = this.#options;
    return new ObjectStorage({ git: this.#git, reader: this.#reader, updater: this.#updater, logger, limits });
  }

  async start(signal: AbortSignal): Promise<void> {
    await prepareRepository(this.#git, this.#options.remote === undefined, signal);
    const known = await this.#local.fetch();
    try {
      await this.#tracker.follow(await this.#firstHead(known, signal), signal);
    } catch (error) {
      if (!isRefusalOfRemote(error) || known === '') throw error;
      this.#options.logger.warn(
        { error },
        `the ${this.#options.title} is not available; its last known state is served`,
      );
      await this.#tracker.follow(known, signal);
      this.#away = asNautesError(error);
    }
    this.#watch();
  }

  /** The head of the branch; makes the first commit when there is none and no other writer does. */
  async #firstHead(known: string, signal: AbortSignal): Promise<string> {
    for (;;) {
      const fetched = await this.#branch.fetch(signal);
      if (fetched !== '') return fetched;
      const first = known === '' ? await this.#writeFirstCommit() : known;
      const publication = await this.#branch.publish({ before: '', after: first }, signal);
      if (publication.kind === 'accepted') return first;
      if (publication.kind === 'refused') throw new NautesError('ConfigRepoRefused', { problem: publication.words });
    }
  }

  async #writeFirstCommit(): Promise<string> {
    const { committer, namespace, title, clock = systemClock } = this.#options;
    const plan = planFirstCommit(this.#tracker.head, `Start the ${title}`, { committer, namespace, now: clock.now() });
    await writePack(this.#git.directory, plan.pack.finish());
    return plan.head.snapshot.commit;
  }

  snapshot(): Snapshot {
    return this.#tracker.head.snapshot;
  }

  get isCurrent(): boolean {
    return this.#away === undefined;
  }

  get problem(): NautesError | undefined {
    return this.#away;
  }

  preview<Resource extends NamedResource, Index extends string>(
    layout: FileLayout<Resource, Index>,
    resource: Resource,
  ): FilePreview {
    return previewFile(this.#tracker.head, put(layout, resource), this.#options.namespace);
  }

  change(request: ChangeRequest, signal: AbortSignal): Promise<ChangeResult> {
    return this.#writer.change(request, signal);
  }

  async lastCommit(
    { kind }: Pick<FileLayout, 'kind'>,
    name: string,
    signal: AbortSignal,
  ): Promise<CommitInfo | undefined> {
    const path = this.#tracker.pathOf(kind, name);
    return path === undefined ? undefined : this.#history.lastCommit(path, this.#tracker.commit, signal);
  }

  async history(
    { kind }: Pick<FileLayout, 'kind'>,
    name: string,
    page: HistoryPage,
    signal: AbortSignal,
  ): Promise<readonly CommitInfo[]> {
    const path = this.#tracker.pathOf(kind, name);
    const { before = '' } = page;
    if (before !== '' && !(await this.#tracker.hasCommit(before, signal))) return [];
    return path === undefined ? [] : await this.#history.commits(path, this.#tracker.commit, page, signal);
  }

  async filesAt(
    { kind }: Pick<FileLayout, 'kind'>,
    name: string,
    commit: string,
    signal: AbortSignal,
  ): Promise<FilesAtCommit | undefined> {
    const path = this.#tracker.pathOf(kind, name);
    if (path === undefined || !(await this.#tracker.hasCommit(commit, signal))) return undefined;
    return await this.#history.filesAt(path, commit, this.#tracker.maximumBytesOf(kind));
  }

  hasCommit(id: string, signal: AbortSignal): Promise<boolean> {
    return this.#tracker.hasCommit(id, signal);
  }

  refresh(signal: AbortSignal): Promise<void> {
    return untilAborted(this.#look(), signal);
  }

  /** Callers share a fetch that has not begun yet. */
  #look(): Promise<void> {
    this.#looking ??= this.#exclusively(async () => {
      this.#looking = undefined;
      this.#stop.signal.throwIfAborted();
      try {
        await this.#tracker.follow(await this.#branch.fetch(this.#stop.signal), this.#stop.signal);
        this.#noteAway(undefined);
      } catch (error) {
        this.#noteAway(error);
        throw error;
      }
    });
    return this.#looking;
  }

  onHeadChange(listener: (change: HeadChange) => void): () => void {
    return this.#tracker.subscribe(listener);
  }

  stopChanges(): Promise<void> {
    return this.#writer.close(CLOSE_GRACE_MILLISECONDS);
  }

  async checkWritable(): Promise<void> {
    try {
      await checkRepositoryWritable(this.#git.directory);
    } catch (error) {
      throw directoryFailure(error) ?? error;
    }
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0)) closer();
    this.#stop.abort(new NautesError('Closing')); // a fetch from a remote that hangs must not block the writer
    await this.stopChanges();
    await this.#mutex.idle();
    await this.#repacker.close();
    await Promise.all([this.#branch.close(), this.#reader.close(), this.#updater.close()]);
  }

  #exclusively(task: () => Promise<void>): Promise<void> {
    return this.#mutex.run('main', task);
  }

  #watch(): void {
    const look = (): void => void this.#look().catch(() => {}); // it is noted
    const isLocal = this.#options.remote === undefined;
    if (isLocal) this.#closers.push(watchReferences(this.#git.directory, look));
    const { fetchIntervalMilliseconds } = this.#options;
    const interval = isLocal ? Math.min(fetchIntervalMilliseconds, LOCAL_POLL_MILLISECONDS) : fetchIntervalMilliseconds;
    const timer = setInterval(look, interval).unref();
    this.#closers.push(() => clearInterval(timer));
  }

  /** Logs when fetching starts to fail or fails for another reason, and when it works again, not each attempt. */
  #noteAway(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const was = this.#away?.reason;
    this.#away = error === undefined ? undefined : asFetchProblem(error);
    if (this.#away?.reason === was) return;
    const { logger, title } = this.#options;
    if (error !== undefined) logger.warn({ error }, `cannot fetch the ${title}; serving its last known state`);
    else logger.info({}, `the ${title} can be fetched again`);
  }
}

/** A remote that is not available, refuses this server or has what is not followed: the last known state is served. */
function isRefusalOfRemote(error: unknown): boolean {
  return error instanceof NautesError && error.reason.startsWith('ConfigRepo');
}

/** Why a fetch failed, for those who look at the server; its deadline is one of the remote. */
function asFetchProblem(error: unknown): NautesError {
  if (!isAbort(error)) return directoryFailure(error) ?? asNautesError(error);
  const problem = message('ConfigRepoUnavailable.tookTooLong');
  return new NautesError('ConfigRepoUnavailable', { problem }, { cause: error });
}

/** Requests with the same token can be pushed together. */
function callerKey({ author: { id, credential } }: ChangeRequest): string {
  return credential === undefined ? id : sha256(credential.reveal());
}
