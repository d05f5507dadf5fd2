import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { run } from '../../src/base/programs/process.ts';
import { sleep } from '../../src/base/async/timing.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../controlplane/temporary-directory.ts';
import { freePort } from '../net/ports.ts';
import { SSHD_NOT_THERE, sshdDirectory, sshdFiles } from './binary.ts';

export { SSHD_NOT_THERE, sshdFiles } from './binary.ts';

const HOST = '127.0.0.1';

/** The empty directory that the server is confined to before a login, where it runs as root; made at boot otherwise. */
const EMPTY_DIRECTORY = '/run/sshd';

/** An OpenSSH server on loopback with the one user `git`, which may do everything that its home allows. */
export class Sshd implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  #process: ChildProcess | undefined;
  readonly port: number;

  private constructor(directory: TemporaryDirectory, port: number) {
    this.#directory = directory;
    this.port = port;
  }

  /** @throws Error when it is not there, or does not start */
  static async start(): Promise<Sshd> {
    await using starting = new AsyncDisposableStack();
    const directory = starting.use(await temporaryDirectory('nautes-sshd-'));
    const server = new Sshd(directory, await freePort(HOST));
    await server.#prepare();
    await server.open();
    starting.move();
    return server;
  }

  /** The home of the user. */
  get home(): string {
    return join(this.#directory.path, 'home');
  }

  /** What clients find its keys by. */
  get knownHostsFile(): string {
    return join(this.#directory.path, 'known_hosts');
  }

  /** `ssh://` address of a repository in the home. */
  url(repository: string): string {
    return `ssh://git@${HOST}:${this.port}${join(this.home, repository)}`;
  }

  /** Makes a bare repository in the home, with an empty `main`. */
  async addRepository(name: string, ...options: readonly string[]): Promise<string> {
    const path = join(this.home, name);
    await must('git', ['init', '--quiet', '--bare', '--initial-branch=main', ...options, path]);
    return path;
  }

  /** Makes a pair of keys and returns the private one's file. */
  async addKey(name: string, passphrase = ''): Promise<string> {
    const path = join(this.#directory.path, name);
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path]);
    return path;
  }

  /** Lets in with exactly these keys, each as it stands or with options before it. */
  async authorize(...keys: readonly { readonly file: string; readonly options?: string }[]): Promise<void> {
    const lines = keys.map(async ({ file, options }) => {
      const key = await readFile(`${file}.pub`, 'utf8');
      return options === undefined ? key : `${options} ${key}`;
    });
    await writeFile(join(this.#directory.path, 'authorized_keys'), (await Promise.all(lines)).join(''));
  }

  /** Gives it another host key; takes effect at the next {@link open}. */
  async replaceHostKey(): Promise<void> {
    const path = join(this.#directory.path, 'host_key');
    await run('rm', ['-f', path, `${path}.pub`]);
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
  }

  /** The line of its key for `known_hosts`. */
  async hostLine(): Promise<string> {
    const [type = '', key = ''] = (await readFile(join(this.#directory.path, 'host_key.pub'), 'utf8')).split(' ');
    return `[${HOST}]:${this.port} ${type} ${key}\n`;
  }

  /** Takes connections. */
  async open(): Promise<void> {
    const files = await sshdFiles();
    if (files === undefined) throw new Error(SSHD_NOT_THERE);
    const at = (name: string) => join(this.#directory.path, name);
    const directory = sshdDirectory();
    this.#process = spawn(join(directory, 'sshd'), ['-D', '-e', '-f', at('config')], {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        LD_LIBRARY_PATH: directory,
        LD_PRELOAD: join(directory, 'libnss_wrapper.so'),
        NSS_WRAPPER_PASSWD: at('passwd'),
        NSS_WRAPPER_GROUP: at('group'),
      },
    });
    while (!(await accepts(this.port))) {
      if (this.#process.exitCode !== null) throw new Error(`sshd ended with code ${this.#process.exitCode}`);
      await sleep(20);
    }
  }

  /** Refuses connections; those that are there stay. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.#directory[Symbol.asyncDispose]();
  }

  async #prepare(): Promise<void> {
    const at = (name: string) => join(this.#directory.path, name);
    const { uid, gid } = userInfo();
    if (uid === 0) await mkdir(EMPTY_DIRECTORY, { recursive: true, mode: 0o755 });
    await chmod(this.#directory.path, 0o755);
    await mkdir(this.home);
    const nobody = 'sshd:x:65534:65534::/nonexistent:/bin/false\n';
    await writeFile(at('passwd'), `git:x:${uid}:${gid}::${this.home}:/bin/sh\n${nobody}`);
    await writeFile(at('group'), `git:x:${gid}:\nsshd:x:65534:\n`);
    await this.replaceHostKey();
    await writeFile(this.knownHostsFile, await this.hostLine());
    await this.authorize();
    const lines = [
      `ListenAddress ${HOST}`,
      `Port ${this.port}`,
      `HostKey ${at('host_key')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'AuthenticationMethods publickey',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'PidFile none',
      'MaxStartups 100',
      'LogLevel QUIET',
      'KexAlgorithms curve25519-sha256', // a tenth of the time of the default one
    ];
    await writeFile(at('config'), `${lines.join('\n')}\n`);
  }
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(program, args);
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, HOST);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
