import { isAbort, NautesError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { RunResult } from '../base/process.ts';
import type { Secret } from '../base/secret.ts';
import { withDeadline } from '../base/timing.ts';
import { MAIN_BRANCH } from '../model/layout.ts';
import type { Branch, Publication } from './branch.ts';
import { oneLine } from './commit-message.ts';
import type { Git } from './git.ts';
import { MAIN_REFERENCE } from './local-branch.ts';
import type { ObjectReader } from './object-reader.ts';
import type { ReferenceUpdater } from './reference-updater.ts';

/** Where `main` of the remote is put by a fetch, before the local one follows. */
const FETCHED_REFERENCE = 'refs/nautes/fetched';

/** The first fetch brings the whole history. */
const FIRST_FETCH_DEADLINE_MILLISECONDS = 10 * 60_000;
const FETCH_DEADLINE_MILLISECONDS = 30_000;
const PUSH_DEADLINE_MILLISECONDS = 60_000;

/** Longest text of the remote that is passed on. */
const MAXIMUM_WORDS = 500;

export interface GitCredentials {
  readonly username: string;
  readonly password: Secret;
}

export interface RemoteOptions {
  /** `https://`, `http://`, `ssh://`, `user@host:path`, `file://` or an absolute path; never with a password. */
  readonly url: string;
  /** Asked before each fetch and push over HTTP; sent to the remote's origin only. */
  readonly credentials?: (signal: AbortSignal) => Promise<GitCredentials>;
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

  constructor(remote: RemoteOptions, git: Git, reader: ObjectReader, updater: ReferenceUpdater, logger: Logger) {
    requireSoundUrl(remote.url);
    this.#remote = remote;
    this.#git = git;
    this.#reader = reader;
    this.#updater = updater;
    this.#logger = logger;
  }

  async fetch(signal: AbortSignal): Promise<string> {
    const refspec = `+${MAIN_REFERENCE}:${FETCHED_REFERENCE}`;
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', this.#remote.url, refspec];
    const isFirst = (await this.#reader.info(MAIN_REFERENCE)) === undefined;
    const deadline = isFirst ? FIRST_FETCH_DEADLINE_MILLISECONDS : FETCH_DEADLINE_MILLISECONDS;
    const result = await this.#run(args, withDeadline(signal, deadline));
    if (result.code !== 0) {
      if (/couldn't find remote ref/.test(result.stderr)) return this.#withoutMain(signal);
      throw unavailable(result);
    }
    const info = await this.#reader.info(FETCHED_REFERENCE);
    if (info === undefined) throw new NautesError('ConfigRepoUnavailable', { problem: 'it sent no commit' });
    await this.#followLocally(info.id);
    return info.id;
  }

  async publish(before: string, after: string, signal: AbortSignal): Promise<Publication> {
    const args = ['push', '--porcelain', '--no-verify', '--', this.#remote.url, `${after}:${MAIN_REFERENCE}`];
    const result = await this.#run(args, withDeadline(signal, PUSH_DEADLINE_MILLISECONDS));
    const publication = readPush(result);
    if (publication.kind === 'accepted') await this.#followLocally(after, before);
    return publication;
  }

  async #withoutMain(signal: AbortSignal): Promise<string> {
    const result = await this.#run(['ls-remote', '--heads', '--', this.#remote.url], signal);
    if (result.code !== 0) throw unavailable(result);
    if (result.stdout.length === 0) return '';
    throw new NautesError('ConfigRepoInvalid', { problem: `it has branches, but none is called ${MAIN_BRANCH}` });
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

  async #run(args: readonly string[], signal: AbortSignal): Promise<RunResult> {
    try {
      return await this.#git.run(args, { signal, configuration: await this.#authorization(signal) });
    } catch (error) {
      if (signal.reason instanceof NautesError) throw signal.reason;
      if (isAbort(error)) throw new NautesError('ConfigRepoUnavailable', { problem: 'it does not answer in time' });
      throw error;
    }
  }

  /** The credentials as configuration, which goes through the environment. */
  async #authorization(signal: AbortSignal): Promise<readonly (readonly [string, string])[]> {
    if (this.#remote.credentials === undefined || !/^https?:/.test(this.#remote.url)) return [];
    const { username, password } = await this.#remote.credentials(signal);
    const basic = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
    return [[`http.${new URL(this.#remote.url).origin}/.extraHeader`, `Authorization: Basic ${basic}`]];
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
export function readPush(result: RunResult): Publication {
  if (result.code === 0) return { kind: 'accepted' };
  const line = result.stdout
    .toString('utf8')
    .split('\n')
    .find((each) => each.startsWith('!\t'));
  const summary = line?.split('\t')[2] ?? '';
  if (summary.startsWith('[rejected]')) return { kind: 'moved' };
  if (!summary.startsWith('[remote rejected]')) throw unavailable(result);
  // Two pushes met at the remote's lock, or one of them a moment earlier.
  if (/lock|failed to update ref|incorrect old value|but expected|reference already exists/i.test(summary)) {
    return { kind: 'moved' };
  }
  if (/unpacker error|internal server error/i.test(summary)) throw unavailable(result);
  const reason = summary.replace('[remote rejected]', '').trim();
  return { kind: 'refused', words: words([...remoteLines(result.stderr), reason]) };
}

function unavailable(result: RunResult): NautesError {
  const lines = result.stderr.split('\n').filter((line) => /^(fatal|error|ssh|Host key)/.test(line));
  return new NautesError('ConfigRepoUnavailable', {
    problem: words([...remoteLines(result.stderr), ...lines]) || `git ended with code ${result.code}`,
  });
}

function remoteLines(text: string): string[] {
  return text
    .split(/[\r\n]/)
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter((line) => line !== '');
}

/** Words of a peer for people: one line, limited, without credentials in URLs. */
function words(lines: readonly string[]): string {
  return oneLine(lines.join('; ').replace(/\/\/[^/@\s]*@/g, '//'), MAXIMUM_WORDS);
}
