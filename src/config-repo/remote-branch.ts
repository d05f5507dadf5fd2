import { isAbort, NautesError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { sha256 } from '../base/hash.ts';
import { Pace } from '../base/pace.ts';
import type { RunResult } from '../base/process.ts';
import type { Secret } from '../base/secret.ts';
import { withDeadline } from '../base/timing.ts';
import type { Caller } from '../model/caller.ts';
import type { Branch, Publication } from './branch.ts';
import type { Git } from './git.ts';
import { type GitReport, reportOf, TRACE_VARIABLES, words, wordsOf } from './git-report.ts';
import { MAIN_REFERENCE } from './local-branch.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ReferenceUpdater } from './reference-updater.ts';
import { hookRefusal, refusalError, type RemoteRefusal, requestRefusal } from './remote-refusal.ts';

/** Where `main` of the remote is put by a fetch, before the local one follows. */
const FETCHED_REFERENCE = 'refs/nautes/fetched';

/** The first fetch brings the whole history. */
const FIRST_FETCH_DEADLINE_MILLISECONDS = 10 * 60_000;
const FETCH_DEADLINE_MILLISECONDS = 30_000;
const PUSH_DEADLINE_MILLISECONDS = 60_000;

/** Servers lock out who comes again and again with a token that they have refused, so it is kept back for a while. */
const REFUSED_TOKEN_MILLISECONDS = 10_000;

export interface GitCredentials {
  readonly username: string;
  readonly password: Secret;
}

export interface RemoteOptions {
  /** `https://`, `http://`, `ssh://`, `user@host:path`, `file://` or an absolute path; never with a password. */
  readonly url: string;
  /** Asked before each fetch and push over HTTP; sent to the remote's origin only. */
  readonly credentials?: (signal: AbortSignal) => Promise<GitCredentials>;
  /** With this, changes are pushed in the name of who asked for them; fetched is with the ones above. */
  readonly callerCredentials?: (caller: Caller) => GitCredentials;
  /** Fetches and pushes in any minute, evenly spread; without it there is no limit. */
  readonly operationsPerMinute?: number;
  /** Environment for git, e.g. `GIT_SSH_COMMAND` or `GIT_SSL_CAINFO`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** `main` of another repository; the local one follows it, never the other way round. */
export class RemoteBranch implements Branch {
  readonly #remote: RemoteOptions;
  readonly #git: Git;
  readonly #reader: ObjectReader;
  readonly #updater: ReferenceUpdater;
  readonly #logger: Logger;
  readonly #pace: Pace | undefined;
  /** The credentials that were refused last, as a hash, with what was said. */
  #refused: { readonly key: string; readonly error: NautesError; readonly at: number } | undefined;

  constructor(remote: RemoteOptions, git: Git, reader: ObjectReader, updater: ReferenceUpdater, logger: Logger) {
    requireSoundUrl(remote.url);
    this.#remote = remote;
    this.#git = git;
    this.#reader = reader;
    this.#updater = updater;
    this.#logger = logger;
    const { operationsPerMinute } = remote;
    this.#pace = operationsPerMinute === undefined ? undefined : new Pace(operationsPerMinute);
  }

  async fetch(signal: AbortSignal): Promise<string> {
    const refspec = `+${MAIN_REFERENCE}:${FETCHED_REFERENCE}`;
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', this.#remote.url, refspec];
    const isFirst = (await this.#reader.info(MAIN_REFERENCE)) === undefined;
    const deadline = isFirst ? FIRST_FETCH_DEADLINE_MILLISECONDS : FETCH_DEADLINE_MILLISECONDS;
    const report = await this.#run(args, withDeadline(signal, deadline));
    if (report.code !== 0) {
      if (report.local.some((line) => line.includes("couldn't find remote ref"))) return this.#withoutMain(signal);
      throw unavailable(report);
    }
    const info = await this.#reader.info(FETCHED_REFERENCE);
    if (info === undefined) throw new NautesError('ConfigRepoUnavailable', { problem: 'it sent no commit' });
    await this.#followLocally(info.id);
    return info.id;
  }

  async publish(before: string, after: string, signal: AbortSignal, caller?: Caller): Promise<Publication> {
    const args = ['push', '--porcelain', '--no-verify', '--', this.#remote.url, `${after}:${MAIN_REFERENCE}`];
    const pusher = this.#remote.callerCredentials === undefined ? undefined : caller;
    const report = await this.#run(args, withDeadline(signal, PUSH_DEADLINE_MILLISECONDS), pusher);
    const publication = readPush(report, pusher);
    if (publication.kind === 'accepted') await this.#followLocally(after, before);
    return publication;
  }

  async #withoutMain(signal: AbortSignal): Promise<string> {
    const report = await this.#run(['ls-remote', '--heads', '--', this.#remote.url], signal);
    if (report.code !== 0) throw unavailable(report);
    const branches = [...report.stdout.matchAll(/\trefs\/heads\/(.+)/g)].map(([, name = '']) => name);
    const [first] = branches;
    if (first === undefined) return '';
    const shown = words([branches.slice(0, 5).join(', ') + (branches.length > 5 ? ' and others' : '')]);
    throw new NautesError('ConfigRepoBranchMissing', { branches: shown, first: words([first]) });
  }

  /**
   * Commits of the local `main` that the remote does not have any more stay findable under another reference.
   * @param ancestor a commit that is known to be one
   */
  async #followLocally(commit: string, ancestor = ''): Promise<void> {
    const local = (await this.#reader.info(MAIN_REFERENCE))?.id ?? '';
    if (local === commit) return;
    if (local !== '' && local !== ancestor) {
      const { code } = await this.#git.run(['merge-base', '--is-ancestor', local, commit]);
      if (code !== 0) {
        this.#logger.warn(
          { before: local, after: commit },
          'the history of the tenant configuration repository was rewritten',
        );
        await this.#updater.move(`refs/nautes/replaced/${local}`, undefined, local);
      }
    }
    await this.#updater.move(MAIN_REFERENCE, local, commit);
  }

  /** @throws NautesError what the remote refuses before it takes or gives anything */
  async #run(args: readonly string[], signal: AbortSignal, caller?: Caller): Promise<GitReport> {
    const isHttp = /^https?:/.test(this.#remote.url);
    const credentials = isHttp ? await this.#credentials(signal, caller) : undefined;
    const key = credentials === undefined ? '' : sha256(`${credentials.username}:${credentials.password.reveal()}`);
    this.#keepBack(key);
    const configuration = credentials === undefined ? [] : [this.#header(credentials)];
    const variables = isHttp ? TRACE_VARIABLES : {};
    let result: RunResult;
    try {
      await this.#pace?.wait(signal);
      result = await this.#git.run(args, { signal, configuration, variables });
    } catch (error) {
      if (signal.reason instanceof NautesError) throw signal.reason;
      if (isAbort(error)) throw new NautesError('ConfigRepoUnavailable', { problem: 'it does not answer in time' });
      throw error;
    }
    const report = reportOf(result);
    const refusal = report.code === 0 ? undefined : requestRefusal(report);
    if (refusal === undefined) return report;
    const error = refusalError(this.#readable(refusal), caller);
    if (refusal.reason === 'ConfigRepoTokenRefused') this.#refused = { key, error, at: performance.now() };
    throw error;
  }

  /** A new address as one that could stand in the configuration. */
  #readable(refusal: RemoteRefusal): RemoteRefusal {
    const { location } = refusal;
    if (location === undefined || !URL.canParse(location, this.#remote.url)) return refusal;
    const { origin, pathname } = new URL(location, this.#remote.url);
    return { ...refusal, location: origin + pathname.replace(/\/(info\/refs|git-(upload|receive)-pack)$/, '') };
  }

  #keepBack(key: string): void {
    const refused = this.#refused;
    if (refused?.key === key && performance.now() - refused.at < REFUSED_TOKEN_MILLISECONDS) throw refused.error;
  }

  async #credentials(signal: AbortSignal, caller?: Caller): Promise<GitCredentials | undefined> {
    if (caller !== undefined) return this.#remote.callerCredentials?.(caller);
    return this.#remote.credentials?.(signal);
  }

  /** The credentials as configuration, which goes through the environment. */
  #header({ username, password }: GitCredentials): readonly [string, string] {
    const basic = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    return [`http.${new URL(this.#remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`];
  }
}

/** @throws NautesError `ConfigurationInvalid` */
export function requireSoundUrl(url: string): void {
  const refuse = (problem: string): never => {
    throw new NautesError('ConfigurationInvalid', { problem: `the URL of the Git remote ${problem}` });
  };
  if (/[\p{Cc}\s]/u.test(url)) refuse('has spaces or control characters');
  if (url.startsWith('/') || /^\w[\w.-]*@\w[\w.-]*:(?!:)[\w./~-]+$/.test(url)) return; // a path, or user@host:path
  if (!/^(https?|ssh|file):\/\//.test(url) || !URL.canParse(url)) refuse('is not https, ssh, file or a path');
  if (new URL(url).hostname.startsWith('-')) refuse('has no sound host');
  if (new URL(url).password !== '') refuse('has a password; give it as credentials');
  if (/^https?:/.test(url) && new URL(url).username !== '') refuse('has a user; give it as credentials');
}

/** What `git push --porcelain` says about the one reference. */
export function readPush(report: GitReport, caller?: Caller): Publication {
  if (report.code === 0) return { kind: 'accepted' };
  const line = report.stdout.split('\n').find((each) => each.startsWith('!\t'));
  const summary = line?.split('\t')[2] ?? '';
  if (summary.startsWith('[rejected]')) return { kind: 'moved' };
  if (!summary.startsWith('[remote rejected]')) throw unavailable(report);
  // Two pushes met at the remote's lock, or one of them a moment earlier.
  if (/lock|failed to update ref|incorrect old value|but expected|reference already exists/i.test(summary)) {
    return { kind: 'moved' };
  }
  if (/unpacker error|internal server error/i.test(summary)) throw unavailable(report);
  const refusal = hookRefusal(report);
  if (refusal !== undefined) throw refusalError(refusal, caller);
  return { kind: 'refused', words: wordsOf(report, [summary.replace('[remote rejected]', '').trim()]) };
}

function unavailable(report: GitReport): NautesError {
  const problem = words([...report.remote, ...report.local]) || wordsOf(report);
  return new NautesError('ConfigRepoUnavailable', { problem });
}
