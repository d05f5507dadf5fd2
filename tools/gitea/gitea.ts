import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { freePort } from '../net/ports.ts';
import { startUntilReady } from '../controlplane/startup.ts';
import { SupervisedProcess } from '../controlplane/supervised-process.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../controlplane/temporary-directory.ts';
import { GITEA_NOT_BUILT, type GiteaFiles, giteaFiles } from './binary.ts';

export { GITEA_NOT_BUILT, giteaFiles } from './binary.ts';

const HOST = '127.0.0.1';
const ADMINISTRATOR = 'root';

/** A request to the API. */
export interface GiteaReply {
  readonly status: number;
  readonly json: unknown;
}

export interface NewGiteaRepository {
  /** Users who may push to `main`; it is protected then. */
  readonly pushers?: readonly string[];
}

/** A Gitea on loopback, with its data in a folder that is removed with it. */
export class Gitea implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #process: SupervisedProcess;
  readonly #administrator: string;
  readonly url: string;
  /** Of its own SSH server; 0 without one. */
  readonly sshPort: number;
  readonly #passwords = new Map<string, string>();
  #tokens = 0;

  private constructor(
    directory: TemporaryDirectory,
    process: SupervisedProcess,
    { url, sshPort }: { readonly url: string; readonly sshPort: number },
    administrator: string,
  ) {
    this.sshPort = sshPort;
    this.#directory = directory;
    this.#process = process;
    this.url = url;
    this.#administrator = administrator;
  }

  /** @throws Error when it is not built, or does not start */
  static async start({ ssh = false }: { readonly ssh?: boolean } = {}): Promise<Gitea> {
    const files = await giteaFiles();
    if (files === undefined) throw new Error(GITEA_NOT_BUILT);
    await using starting = new AsyncDisposableStack();
    const directory = starting.use(await temporaryDirectory('nautes-gitea-'));
    let url = '';
    let sshPort = 0;
    let administrator = '';
    const process = await startUntilReady({
      async start() {
        const port = await freePort(HOST);
        url = `http://${HOST}:${port}`;
        sshPort = ssh ? await freePort(HOST) : 0;
        await writeConfiguration(directory.path, files, { port, sshPort });
        administrator ||= await prepareData(directory.path, files);
        return SupervisedProcess.start({
          name: 'gitea',
          program: files.program,
          args: [...commonArguments(directory.path), 'web'],
          logFile: join(directory.path, 'gitea.log'),
        });
      },
      ready: () => isReady(url),
    });
    starting.move();
    return new Gitea(directory, process, { url, sshPort }, administrator);
  }

  /** A call as the administrator, or with another token. */
  async api(method: string, path: string, body?: unknown, token = this.#administrator): Promise<GiteaReply> {
    const reply = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async addUser(name: string, fullName = name): Promise<void> {
    const password = randomBytes(12).toString('base64url');
    this.#passwords.set(name, password);
    await this.#expect(201, 'POST', '/admin/users', {
      username: name,
      full_name: fullName,
      email: `${name}@example.org`,
      password,
      must_change_password: false,
    });
  }

  /** By which a user that was added here logs in to the pages. */
  password(name: string): string {
    return this.#passwords.get(name) ?? '';
  }

  /** A new access token of a user that was added here. */
  async token(name: string, scopes: readonly string[] = ['read:user', 'write:repository']): Promise<string> {
    this.#tokens += 1;
    const password = this.#passwords.get(name) ?? '';
    const reply = await fetch(`${this.url}/api/v1/users/${name}/tokens`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ name: `token-${this.#tokens}`, scopes }),
    });
    const { sha1 } = (await reply.json()) as { readonly sha1?: string };
    if (sha1 === undefined) throw new Error(`no token for ${name}: status ${reply.status}`);
    return sha1;
  }

  /** Takes all tokens of the user away. */
  async revokeTokens(name: string): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${name}:${this.#passwords.get(name) ?? ''}`).toString('base64')}`;
    const path = `${this.url}/api/v1/users/${name}/tokens`;
    const tokens = (await (await fetch(path, { headers: { authorization } })).json()) as { readonly id: number }[];
    for (const { id } of tokens) await fetch(`${path}/${id}`, { method: 'DELETE', headers: { authorization } });
  }

  /** An empty private repository of a new organisation, as `organisation/name`. */
  async addRepository(organisation: string, name: string, { pushers }: NewGiteaRepository = {}): Promise<string> {
    const repository = `${organisation}/${name}`;
    await this.#expect(201, 'POST', '/orgs', { username: organisation, visibility: 'private' });
    await this.#expect(201, 'POST', `/orgs/${organisation}/repos`, { name, private: true, default_branch: 'main' });
    for (const pusher of pushers ?? []) await this.allow(repository, pusher, 'write');
    if (pushers !== undefined) await this.protect(repository, pushers);
    return repository;
  }

  /** Lets only these push to `main`; with the push list alone a writer could merge a pull request of their own. */
  async protect(repository: string, pushers: readonly string[]): Promise<void> {
    await this.api('DELETE', `/repos/${repository}/branch_protections/main`);
    await this.#expect(201, 'POST', `/repos/${repository}/branch_protections`, {
      rule_name: 'main',
      enable_push: true,
      enable_push_whitelist: true,
      push_whitelist_usernames: pushers,
      enable_merge_whitelist: true,
      merge_whitelist_usernames: pushers,
      block_admin_merge_override: true,
    });
  }

  async setAdministrator(user: string, isAdministrator: boolean): Promise<void> {
    const body = { admin: isAdministrator, login_name: user, source_id: 0 };
    await this.#expect(200, 'PATCH', `/admin/users/${user}`, body);
  }

  async allow(repository: string, user: string, permission: 'read' | 'write' | 'admin'): Promise<void> {
    await this.#expect(204, 'PUT', `/repos/${repository}/collaborators/${user}`, { permission });
  }

  /** Delays each push by a hook of the repository. */
  async slowDown(repository: string, seconds: number): Promise<void> {
    const hooks = join(this.repositoryDirectory(repository), 'hooks/pre-receive.d');
    await mkdir(hooks, { recursive: true });
    await writeFile(join(hooks, 'slow'), `#!/bin/sh\ncat > /dev/null\nexec sleep ${seconds}\n`);
    await chmod(join(hooks, 'slow'), 0o755);
  }

  /** Path of the bare repository. */
  repositoryDirectory(repository: string): string {
    return join(this.#directory.path, 'repositories', `${repository}.git`);
  }

  /** URL for Git clients. */
  remoteOf(repository: string): string {
    return `${this.url}/${repository}.git`;
  }

  /** URL for SSH clients. */
  sshRemoteOf(repository: string): string {
    return `ssh://git@${HOST}:${this.sshPort}/${repository}.git`;
  }

  /** Registers a public key with a repository; returns its number. */
  async addDeployKey(repository: string, key: string, readOnly: boolean): Promise<number> {
    const body = { key, title: `key-${key.slice(-12)}`, read_only: readOnly };
    const made = await this.#expect(201, 'POST', `/repos/${repository}/keys`, body);
    return (made as { readonly id: number }).id;
  }

  /** The end of its log, for messages of tests. */
  logTail(): Promise<string> {
    return this.#process.logTail();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.kill();
    await this.#directory[Symbol.asyncDispose]();
  }

  async #expect(status: number, method: string, path: string, body?: unknown): Promise<unknown> {
    const reply = await this.api(method, path, body);
    if (reply.status === status) return reply.json;
    throw new Error(`${method} ${path}: status ${reply.status} ${JSON.stringify(reply.json)}`);
  }
}

function commonArguments(directory: string): string[] {
  return ['--config', join(directory, 'app.ini'), '--work-path', directory];
}

async function writeConfiguration(
  directory: string,
  { resources }: GiteaFiles,
  { port, sshPort }: { readonly port: number; readonly sshPort: number },
): Promise<void> {
  const { username, uid } = userInfo();
  const secret = randomBytes(24).toString('hex');
  const lines = [
    'RUN_MODE = prod',
    `RUN_USER = ${username}`,
    ...(uid === 0 ? ['I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true'] : []), // containers of CI run as root
    '[server]',
    `HTTP_ADDR = ${HOST}`,
    `HTTP_PORT = ${port}`,
    `ROOT_URL = http://${HOST}:${port}/`,
    `STATIC_ROOT_PATH = ${resources}`,
    ...(sshPort === 0
      ? ['DISABLE_SSH = true']
      : [
          'START_SSH_SERVER = true',
          `SSH_LISTEN_HOST = ${HOST}`,
          `SSH_LISTEN_PORT = ${sshPort}`,
          'BUILTIN_SSH_SERVER_USER = git',
          `SSH_ROOT_PATH = ${join(directory, 'ssh')}`,
        ]),
    'OFFLINE_MODE = true',
    '[repository]',
    `ROOT = ${join(directory, 'repositories')}`,
    '[database]',
    'DB_TYPE = sqlite3',
    `PATH = ${join(directory, 'gitea.db')}`,
    '[security]',
    'INSTALL_LOCK = true',
    `SECRET_KEY = ${secret}`,
    'PASSWORD_HASH_ALGO = pbkdf2_v1',
    '[oauth2]',
    `JWT_SECRET = ${randomBytes(32).toString('base64url')}`,
    '[service]',
    'REQUIRE_SIGNIN_VIEW = true',
    'DISABLE_REGISTRATION = true',
    '[webhook]',
    'ALLOWED_HOST_LIST = loopback',
    '[queue]',
    'TYPE = channel',
    '[cron]',
    'ENABLED = false',
    '[log]',
    'MODE = console',
    'LEVEL = warn',
  ];
  await writeFile(join(directory, 'app.ini'), `${lines.join('\n')}\n`);
}

/** Creates the database and the administrator; returns the administrator's token. */
async function prepareData(directory: string, { program }: GiteaFiles): Promise<string> {
  const user = `--admin --username ${ADMINISTRATOR} --email ${ADMINISTRATOR}@example.org --must-change-password=false`;
  const password = ['--password', randomBytes(16).toString('base64url')];
  const token = '--access-token --access-token-name tests --access-token-scopes all';
  await gitea(program, [...commonArguments(directory), 'migrate']);
  const args = ['admin', 'user', 'create', ...user.split(' '), ...password, ...token.split(' ')];
  const output = await gitea(program, [...commonArguments(directory), ...args]);
  const made = /successfully created\.* ([0-9a-f]{40})/.exec(output)?.[1];
  if (made === undefined) throw new Error(`gitea made no administrator:\n${output}`);
  return made;
}

async function gitea(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args);
  if (code !== 0) throw new Error(`gitea ended with code ${code}:\n${stdout.toString()}${stderr}`);
  return stdout.toString();
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/healthz`)).ok;
  } catch {
    return false;
  }
}
