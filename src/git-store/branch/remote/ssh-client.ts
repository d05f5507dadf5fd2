import { unescape } from 'node:querystring';
import { sha256 } from '../../../base/hash.ts';
import { readSshKey, readKnownHosts } from './ssh-files.ts';

/** A connection that is not made in this time, up to the first words of the server, is given up. */
const CONNECT_SECONDS = 10;

/** One more attempt a second later, when a connection is refused: a server that starts again is missed by less. */
const CONNECTION_ATTEMPTS = 2;

/** A session on which nothing comes for these two multiplied (20 s, as over HTTP) is given up. */
const ALIVE_SECONDS = 5;
const ALIVE_COUNT = 4;

export interface SshOptions {
  /** File with the private key, the only one that is offered. */
  readonly keyFile: string;
  /** File in the form of `known_hosts`: hosts with other keys are refused. */
  readonly knownHostsFile: string;
}

/** Where a repository is, for ssh. */
interface SshPlace {
  /** `user@host`. */
  readonly destination: string;
  readonly port: string | undefined;
  /** As the shell there gets it, without quotation marks. */
  readonly path: string;
}

/**
 * The ssh client as it reaches a repository: with one key, one list of hosts, and nothing from the configuration of
 * the user or the machine, from an agent or from a person.
 */
export class SshClient {
  readonly #place: SshPlace;
  readonly #options: SshOptions;

  /** @param url `ssh://user@host[:port]/path` or `user@host:path`, checked before */
  constructor(url: string, options: SshOptions) {
    this.#place = placeOf(url);
    this.#options = options;
  }

  /**
   * Reads both files. What ssh itself would leave out in silence, or say in words of its own, is found here.
   * @returns what changes when another key or other hosts are in them
   * @throws NautesError `ConfigRepoKeyUnreadable`, `ConfigRepoKeyEncrypted`, `ConfigRepoKeyExposed`, `ConfigRepoHostUnknown`
   */
  async identity(): Promise<string> {
    const key = await readSshKey(this.#options.keyFile);
    const hosts = await readKnownHosts(this.#options.knownHostsFile);
    return sha256(`${sha256(key.reveal())}\n${sha256(hosts)}`);
  }

  /** Environment by which git reaches the remote. */
  get environment(): Readonly<Record<string, string>> {
    return { GIT_SSH_COMMAND: ['ssh', ...this.#flags].map(shellQuoted).join(' '), GIT_SSH_VARIANT: 'ssh' };
  }

  /** Arguments for ssh by which a Git service runs there. */
  serviceArguments(service: 'git-receive-pack'): readonly string[] {
    const { destination, port, path } = this.#place;
    const ports = port === undefined ? [] : ['-p', port];
    return [...this.#flags, ...ports, '--', destination, `${service} ${shellQuoted(path)}`];
  }

  get #flags(): readonly string[] {
    const { keyFile, knownHostsFile } = this.#options;
    const settings: Readonly<Record<string, string | number>> = {
      IdentityFile: fileName(keyFile),
      IdentitiesOnly: 'yes',
      IdentityAgent: 'none',
      PreferredAuthentications: 'publickey',
      UserKnownHostsFile: fileName(knownHostsFile),
      GlobalKnownHostsFile: '/dev/null',
      StrictHostKeyChecking: 'yes',
      UpdateHostKeys: 'no',
      VerifyHostKeyDNS: 'no',
      BatchMode: 'yes',
      ClearAllForwardings: 'yes',
      ControlMaster: 'no',
      ControlPath: 'none',
      ConnectTimeout: CONNECT_SECONDS,
      ConnectionAttempts: CONNECTION_ATTEMPTS,
      ServerAliveInterval: ALIVE_SECONDS,
      ServerAliveCountMax: ALIVE_COUNT,
      LogLevel: 'ERROR', // without the banner of the server
    };
    return ['-F', 'none', '-T', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  }
}

/** True for the forms of a URL that are reached by SSH. */
export function isSshUrl(url: string): boolean {
  return url.startsWith('ssh://') || SCP_FORM.test(url);
}

/** `user@host:path`. */
export const SCP_FORM = /^\w[\w.-]*@\w[\w.-]*:(?![:-])[\w./~-]+$/;

function placeOf(url: string): SshPlace {
  if (!url.startsWith('ssh://')) {
    const colon = url.indexOf(':');
    return { destination: url.slice(0, colon), port: undefined, path: url.slice(colon + 1) };
  }
  const { username, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const path = unescape(pathname);
  return {
    destination: `${unescape(username)}@${host}`,
    port: port === '' ? undefined : port,
    path: path.startsWith('/~') ? path.slice(1) : path, // as git has it: below the home of a user
  };
}

/** As a value in the configuration of ssh, where `%` begins a token and white space ends a value. */
function fileName(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/** As one word for a POSIX shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
