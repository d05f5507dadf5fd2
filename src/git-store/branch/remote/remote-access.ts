import { message } from '../../../messages/message.ts';
import type { Message } from '../../../messages/text.ts';
import { isAbort, NautesError } from '../../../errors/errors.ts';
import { sha256 } from '../../../base/hash.ts';
import { RateLimiter } from '../../../base/async/rate-limiter.ts';
import type { Proxy } from '../../../base/network/proxy.ts';
import type { Secret } from '../../../base/secret.ts';
import type { Caller } from '../../../resources/caller.ts';
import { RemoteFailure, type RemoteReport, reportMessage } from './git-report.ts';
import { isSshUrl, SCP_FORM, SshClient, type SshOptions } from './ssh-client.ts';
import { networkProblemSaid } from './ssh-sayings.ts';
import { refusalError, type RemoteRefusal, requestRefusal } from './remote-refusal.ts';

/** Servers lock out clients that repeat a refused token, so it is not sent again for this long. */
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
  /** With this, changes are pushed with the credentials of the caller; fetches use the ones above. */
  readonly callerCredentials?: (caller: Caller) => GitCredentials;
  /** Fetches and pushes in any minute, evenly spread; without it there is no limit. */
  readonly operationsPerMinute?: number;
  /** Default: `main`. */
  readonly branch?: string;
  /** For a remote over SSH, which cannot do without. */
  readonly ssh?: SshOptions;
  /** For a remote over HTTP. */
  readonly proxy?: Proxy;
  /** Environment for git, e.g. `GIT_SSL_CAINFO`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The way to a remote: with whose credentials, how often, and what its refusals mean. */
export class RemoteAccess {
  readonly #remote: RemoteOptions;
  readonly #limiter: RateLimiter | undefined;
  /** The way over SSH. */
  readonly ssh: SshClient | undefined;
  /** The credentials that were refused last, as a hash, with what was said. */
  #refused: { readonly key: string; readonly error: NautesError; readonly at: number } | undefined;

  constructor(remote: RemoteOptions) {
    requireSoundUrl(remote.url);
    this.#remote = remote;
    this.ssh = remote.ssh === undefined || !isSshUrl(remote.url) ? undefined : new SshClient(remote.url, remote.ssh);
    const { operationsPerMinute } = remote;
    this.#limiter = operationsPerMinute === undefined ? undefined : new RateLimiter(operationsPerMinute);
  }

  /**
   * Carries out a fetch or a push that throws a {@link RemoteFailure} when it comes to nothing.
   * @param caller in whose name; absent: the server's own
   * @throws NautesError what the remote refuses before it takes or gives anything; `ConfigRepoUnavailable`
   */
  async use<T>(
    operation: (credentials: GitCredentials | undefined) => Promise<T>,
    signal: AbortSignal,
    caller?: Caller,
  ): Promise<T> {
    const isHttp = /^https?:/.test(this.#remote.url);
    const credentials = isHttp ? await this.#credentials(signal, caller) : undefined;
    const key =
      credentials === undefined
        ? ((await this.ssh?.identity()) ?? '')
        : sha256(`${credentials.username}:${credentials.password.reveal()}`);
    this.#keepBack(key);
    try {
      await this.#limiter?.wait(signal);
      return await operation(credentials);
    } catch (error) {
      if (error instanceof RemoteFailure) throw this.#meaning(error.report, key, caller);
      if (signal.reason instanceof NautesError) throw signal.reason;
      if (isAbort(error)) throw new NautesError('ConfigRepoUnavailable', { problem: message('network.timeout') });
      throw error;
    }
  }

  #meaning(report: RemoteReport, key: string, caller: Caller | undefined): NautesError {
    const refusal = requestRefusal(report);
    if (refusal === undefined) return unavailable(report);
    const error = refusalError(this.#readable(refusal), caller);
    if (REFUSED_IDENTITY.has(refusal.reason)) this.#refused = { key, error, at: performance.now() };
    return error;
  }

  /** A new address as one that could stand in the configuration. */
  #readable(refusal: RemoteRefusal): RemoteRefusal {
    const { location } = refusal;
    if (location === undefined || !URL.canParse(location, this.#remote.url)) return refusal;
    const { origin, pathname, protocol } = new URL(location, this.#remote.url);
    if (!/^https?:$/.test(protocol)) return refusal;
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
}

/** What stays refused until other credentials, or other host keys, are given. */
const REFUSED_IDENTITY: ReadonlySet<string> = new Set([
  'ConfigRepoTokenRefused',
  'ConfigRepoKeyRefused',
  'ConfigRepoHostUnknown',
  'ConfigRepoHostChanged',
]);

/** How git says that object names there are of another hash; no attempt changes that. */
const OTHER_HASH = /^fatal: (.*does not support this repository's hash algorithm|mismatched algorithms)/;

/** The remote could not be asked, or what it did is not known. */
export function unavailable(report: RemoteReport): NautesError {
  if (
    [...report.local, ...report.remote].some((line) => OTHER_HASH.test(line)) ||
    report.problem?.id === 'remote.notSha1'
  ) {
    return new NautesError('ConfigRepoInvalid', { problem: message('ConfigRepoInvalid.sha256') });
  }
  const known = report.isSsh === true ? networkProblemSaid(report.local) : undefined;
  const problem = known ?? reportMessage(report, [...report.remote, ...report.local]);
  return new NautesError('ConfigRepoUnavailable', { problem });
}

/** @throws NautesError `ConfigurationInvalid` */
export function requireSoundUrl(url: string): void {
  const refuse = (problem: Message): never => {
    throw new NautesError('ConfigurationInvalid', { problem: message('ConfigurationInvalid.remote', { problem }) });
  };
  if (/[\p{Cc}\s]/u.test(url)) refuse(message('remoteUrl.characters'));
  if (url.startsWith('/') || SCP_FORM.test(url)) return; // a path, or user@host:path
  if (!/^(https?|ssh|file):\/\//.test(url) || !URL.canParse(url)) refuse(message('remoteUrl.scheme'));
  if (new URL(url).hostname.startsWith('-')) refuse(message('remoteUrl.host'));
  if (new URL(url).password !== '') refuse(message('remoteUrl.password'));
  if (/^https?:/.test(url) && new URL(url).username !== '') refuse(message('remoteUrl.user'));
  if (url.startsWith('ssh:')) requireSoundSshUrl(new URL(url), refuse);
}

/** What ssh gets as arguments is never an option. */
function requireSoundSshUrl({ username, pathname }: URL, refuse: (problem: Message) => never): void {
  if (!/^\w[\w.+@%-]*$/.test(username)) refuse(message('remoteUrl.sshUser'));
  if (!/^\/[\w~][^\p{Cc}'!]*$/u.test(pathname)) refuse(message('remoteUrl.path'));
}
