import { message } from '../../messages/message.ts';
import { fileURLToPath } from 'node:url';
import { NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ProgramLimits } from '../../base/programs/limits.ts';
import { OutputTooLarge } from '../../base/programs/process.ts';
import { proxyUrl } from '../../base/network/proxy.ts';
import { withDeadline } from '../../base/async/timing.ts';
import type { Branch, Move, Publication } from './branch.ts';
import type { Git } from '../git/git.ts';
import { type GitReport, reportOf, sshReportOf, TRACE_VARIABLES, words, RemoteFailure } from './remote/git-report.ts';
import { type ObjectStorage, REPLACED_REFERENCES } from '../git/object-storage.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { readPush, refusedPublication } from './git-push.ts';
import { HttpReceivePack } from './push/http-receive-pack.ts';
import { localReceivePack, sshReceivePack } from './push/program-receive-pack.ts';
import type { ReceivePack } from './push/receive-pack.ts';
import { ReferenceConflict, type ReferenceUpdater } from '../git/reference-updater.ts';
import { type GitCredentials, RemoteAccess, type RemoteOptions, unavailable } from './remote/remote-access.ts';
import type { SshClient } from './remote/ssh-client.ts';
import { requestRefusal } from './remote/remote-refusal.ts';
import { MAIN_BRANCH } from '../../resources/repository-layout.ts';
import { MAIN_REFERENCE, syncPacks, writePack } from '../git/repository-directory.ts';

/** Where `main` of the remote is put by a fetch, before the local one follows. */
const FETCHED_REFERENCE = 'refs/nautes/fetched';

/** The first fetch brings the whole history. */
const FIRST_FETCH_DEADLINE_MILLISECONDS = 10 * 60_000;
const FETCH_DEADLINE_MILLISECONDS = 30_000;
const PUSH_DEADLINE_MILLISECONDS = 60_000;

/** What a run of git that speaks with a remote may use; each of its processes may use so much. */
const REMOTE_LIMITS: ProgramLimits & { readonly fileBytes: number } = {
  memoryBytes: 384 * 1024 * 1024,
  /** A pack that is fetched; the first has the whole history. */
  fileBytes: 1024 * 1024 * 1024,
  /** Ends what nothing else ends, such as a helper that was left alone. */
  processorSeconds: 600,
};

/** Bytes of what such a run prints: words of the remote, and the branches that it has. */
const MAXIMUM_REMOTE_OUTPUT = 4 * 1024 * 1024;

/** The local repository that follows a remote. */
export interface LocalSide {
  readonly git: Git;
  readonly reader: ObjectReader;
  readonly updater: ReferenceUpdater;
  readonly logger: Logger;
  readonly storage: ObjectStorage;
  /** Throws when the commit is not to be followed; its objects are in the local repository. */
  readonly inspect: (commit: string) => Promise<void>;
}

/** A branch of another repository; the local one follows it, never the other way round. */
export class RemoteBranch implements Branch {
  readonly #remote: RemoteOptions;
  readonly #branch: string;
  /** There; here it is always `main`. */
  readonly #reference: string;
  readonly #access: RemoteAccess;
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #updater: ReferenceUpdater;
  readonly #logger: Logger;
  readonly #storage: ObjectStorage;
  readonly #inspect: (commit: string) => Promise<void>;
  /** Absent where only git itself knows the way. */
  readonly #receivePack: ReceivePack | undefined;

  constructor(remote: RemoteOptions, { git, reader, updater, logger, storage, inspect }: LocalSide) {
    this.#remote = remote;
    this.#branch = remote.branch ?? MAIN_BRANCH;
    this.#reference = `refs/heads/${this.#branch}`;
    this.#access = new RemoteAccess(remote);
    this.#git = git;
    this.#reader = reader;
    this.#updater = updater;
    this.#logger = logger;
    this.#storage = storage;
    this.#inspect = inspect;
    this.#receivePack = receivePackOf(remote, git, this.#access.ssh);
  }

  async fetch(signal: AbortSignal): Promise<string> {
    const refspec = `+${this.#reference}:${FETCHED_REFERENCE}`;
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', this.#remote.url, refspec];
    const room = await this.#storage.room(signal);
    const isFirst = (await this.#reader.info(MAIN_REFERENCE)) === undefined;
    const deadline = withDeadline(signal, isFirst ? FIRST_FETCH_DEADLINE_MILLISECONDS : FETCH_DEADLINE_MILLISECONDS);
    const report = await this.#access.use((credentials) => this.#run(args, credentials, deadline, room), deadline);
    if (report.code !== 0) {
      if (report.isTooLarge === true) this.#storage.noteShort();
      if (report.local.some((line) => line.includes("couldn't find remote ref"))) return this.#withoutMain(signal);
      throw unavailable(report);
    }
    const info = await this.#reader.info(FETCHED_REFERENCE);
    if (info === undefined)
      throw new NautesError('ConfigRepoUnavailable', { problem: message('ConfigRepoUnavailable.noCommit') });
    await this.#inspect(info.id);
    await this.#requireRoom(info.id);
    await this.#followLocally(info.id);
    return info.id;
  }

  async publish(move: Move, signal: AbortSignal): Promise<Publication> {
    const deadline = withDeadline(signal, PUSH_DEADLINE_MILLISECONDS);
    const { before, after, pack } = move;
    const caller = this.#remote.callerCredentials === undefined ? undefined : move.caller;
    const publication = await this.#access.use(
      (credentials) => this.#push({ before, after, pack, caller }, credentials, deadline),
      deadline,
      caller,
    );
    if (publication.kind === 'accepted') await this.#advanceLocally(before, after);
    return publication;
  }

  async close(): Promise<void> {
    await this.#receivePack?.close();
  }

  async #push(
    { before, after, pack, caller }: Move,
    credentials: GitCredentials | undefined,
    signal: AbortSignal,
  ): Promise<Publication> {
    if (pack === undefined || this.#receivePack === undefined) {
      if (pack !== undefined) await writePack(this.#git.directory, pack);
      const args = ['push', '--porcelain', '--no-verify', '--', this.#remote.url, `${after}:${this.#reference}`];
      return readPush(await this.#run(args, credentials, signal), caller);
    }
    const push = { reference: this.#reference, before, after, pack: pack.pack };
    const [written, answered] = await Promise.allSettled([
      writePack(this.#git.directory, pack),
      this.#receivePack.push(push, credentials, signal),
    ]);
    if (answered.status === 'rejected') throw answered.reason;
    if (written.status === 'rejected') throw written.reason;
    const answer = answered.value;
    if (answer.kind !== 'refused') return answer;
    return refusedPublication(answer.refusal, { remote: answer.remote, local: [] }, caller);
  }

  async #withoutMain(signal: AbortSignal): Promise<string> {
    const args = ['ls-remote', '--heads', '--', this.#remote.url];
    const report = await this.#access.use((credentials) => this.#run(args, credentials, signal), signal);
    if (report.code !== 0) throw unavailable(report);
    const branches = [...report.stdout.matchAll(/\trefs\/heads\/(.+)/g)].map(([, name = '']) => name);
    const [first] = branches;
    if (first === undefined) return '';
    if (branches.includes(this.#branch)) return this.fetch(signal); // another server has made it since
    const shown = words([branches.slice(0, 5).join(', ') + (branches.length > 5 ? ' …' : '')]);
    throw new NautesError('ConfigRepoBranchMissing', { branch: this.#branch, branches: shown, first: words([first]) });
  }

  async #advanceLocally(before: string, after: string): Promise<void> {
    try {
      await this.#updater.move(MAIN_REFERENCE, before, after);
    } catch (error) {
      if (!(error instanceof ReferenceConflict)) throw error;
      await this.#followLocally(after); // the local one was elsewhere
    }
  }

  /** @throws NautesError when the storage is full and the commit only adds to what is there */
  async #requireRoom(commit: string): Promise<void> {
    const { full } = this.#storage;
    if (full === undefined) return;
    const local = (await this.#reader.info(MAIN_REFERENCE))?.id;
    if (local === undefined || local === commit) return;
    const { code } = await this.#git.run(['merge-base', '--is-ancestor', local, commit]);
    if (code === 0) throw full;
  }

  /** Commits of the local `main` that the remote does not have any more stay findable under another reference. */
  async #followLocally(commit: string): Promise<void> {
    const local = (await this.#reader.info(MAIN_REFERENCE))?.id ?? '';
    if (local === commit) return;
    if (local !== '') {
      const { code } = await this.#git.run(['merge-base', '--is-ancestor', local, commit]);
      if (code !== 0) {
        this.#logger.warn(
          { before: local, after: commit },
          'the history of the configuration repository was rewritten',
        );
        await this.#updater.move(`${REPLACED_REFERENCES}${local}`, undefined, local);
        await this.#storage.noteReplaced();
      }
    }
    await this.#updater.move(MAIN_REFERENCE, local, commit, syncPacks(this.#git.directory));
  }

  /**
   * @param room bytes that it may write
   * @throws RemoteFailure what the remote refuses before it takes or gives anything
   */
  async #run(
    args: readonly string[],
    credentials: GitCredentials | undefined,
    signal: AbortSignal,
    room = REMOTE_LIMITS.fileBytes,
  ): Promise<GitReport> {
    const configuration = [...this.#proxy(), ...(credentials === undefined ? [] : [this.#header(credentials)])];
    const { ssh } = this.#access;
    const variables = /^https?:/.test(this.#remote.url) ? TRACE_VARIABLES : (ssh?.environment ?? {});
    const fileBytes = Math.min(room, REMOTE_LIMITS.fileBytes);
    const limits = { limits: { ...REMOTE_LIMITS, fileBytes }, maximumOutput: MAXIMUM_REMOTE_OUTPUT };
    const options = { signal, configuration, variables, ...limits };
    const isFetch = args[0] === 'fetch';
    const running = isFetch ? this.#git.runPacking(args, options) : this.#git.run(args, options);
    const result = await running.catch(asFailureOfRemote);
    const report = ssh === undefined ? reportOf(result, this.#remote.proxy) : sshReportOf(result);
    if (report.code !== 0 && requestRefusal(report) !== undefined) throw new RemoteFailure(report);
    return report;
  }

  /** The proxy as configuration; an empty one keeps git from looking for another. */
  #proxy(): readonly (readonly [string, string])[] {
    if (!/^https?:/.test(this.#remote.url)) return [];
    const { proxy } = this.#remote;
    return [
      ['http.proxy', proxy === undefined ? '' : proxyUrl(proxy)],
      ['http.proxyAuthMethod', 'basic'],
    ];
  }

  /** The credentials as configuration, which goes through the environment. */
  #header({ username, password }: GitCredentials): readonly [string, string] {
    const basic = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    return [`http.${new URL(this.#remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`];
  }
}

function asFailureOfRemote(error: unknown): never {
  if (!(error instanceof OutputTooLarge)) throw error;
  throw new RemoteFailure({ remote: [], local: [], problem: message('remote.saysTooMuch') }, { cause: error });
}

/** Variables by which git, and only git, knows how to reach a server. */
const WAYS_OF_GIT = ['GIT_SSL_CAPATH'];

/** What takes pushes there without a run of `git push`; `undefined` where only git knows the way. */
function receivePackOf({ url, proxy }: RemoteOptions, git: Git, ssh: SshClient | undefined): ReceivePack | undefined {
  const path = localPath(url);
  if (path !== undefined) return localReceivePack(git, path);
  if (ssh !== undefined) return sshReceivePack(git, ssh);
  if (!/^https?:/.test(url) || WAYS_OF_GIT.some((name) => (git.variable(name) ?? '') !== '')) return undefined;
  return new HttpReceivePack({ url, proxy, authorityFile: git.variable('GIT_SSL_CAINFO') });
}

/** The path of a repository on this machine; `undefined` for any other. */
function localPath(url: string): string | undefined {
  if (url.startsWith('/')) return url;
  return /^file:\/\/\/[^%]*$/.test(url) ? fileURLToPath(url) : undefined;
}
