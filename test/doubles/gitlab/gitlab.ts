import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/base/programs/process.ts';
import { MAINTAINER } from './access.ts';
import { Faults } from './faults.ts';
import { GitFrontend, PRE_RECEIVE_HOOK } from './git.ts';
import type { Group, Membership, Project, Token, TokenKind, User } from './model.ts';
import { OAuthFrontend } from './oauth.ts';
import { RestApi } from './rest.ts';
import type { Store } from './store.ts';

export interface GitLabDoubleOptions {
  /** Plain HTTP when absent. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface NewUser {
  readonly name?: string;
  readonly email?: string;
  readonly isAdministrator?: boolean;
  readonly isBot?: boolean;
}

export interface NewProject {
  readonly group?: Group;
  readonly defaultBranch?: string;
}

export interface NewToken {
  readonly scopes?: readonly string[];
  readonly kind?: TokenKind;
  /** A date; it ends when that day begins. */
  readonly expiresAt?: string;
}

/** What somebody asked of it, without tokens. */
export interface RecordedRequest {
  readonly kind: 'api' | 'git';
  readonly method: string;
  readonly path: string;
}

const TOKEN_PREFIXES: Readonly<Record<TokenKind, string>> = {
  personal: 'glpat-',
  project: 'glpat-',
  group: 'glpat-',
  oauth: '',
  deploy: 'gldt-',
};

/**
 * A GitLab on loopback for tests: the REST calls that the server makes, Git over HTTP with authentication and branch
 * protection, push webhooks, and faults. Its rights are computed here and not by the code under test.
 */
export class GitLabDouble implements Store, AsyncDisposable {
  readonly users: User[] = [];
  readonly groups: Group[] = [];
  readonly projects: Project[] = [];
  readonly tokens = new Map<string, Token>();
  readonly faults = new Faults();
  readonly requests: RecordedRequest[] = [];
  readonly git: GitFrontend;
  readonly oauth: OAuthFrontend;
  /** Added to the time of day. */
  clockOffset = 0;
  readonly #directory: string;
  readonly #server: Server;
  readonly #rest: RestApi;
  readonly #scheme: string;
  #port = 0;
  #nextId = 1;
  readonly #deliveries = new Set<Promise<void>>();

  private constructor(directory: string, { tls }: GitLabDoubleOptions) {
    this.#directory = directory;
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#rest = new RestApi(this);
    this.git = new GitFrontend(this, this.faults, (project, before, after, token) =>
      this.#deliver(project, before, after, token),
    );
    this.oauth = new OAuthFrontend({ token: (user, more) => this.token(user, more) });
    const listener: RequestListener = (request, response) => void this.#serve(request, response);
    this.#server =
      tls === undefined ? createServer(listener) : createTlsServer({ cert: tls.certificate, key: tls.key }, listener);
  }

  static async start(options: GitLabDoubleOptions = {}): Promise<GitLabDouble> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-gitlab-'));
    const double = new GitLabDouble(directory, options);
    await double.#listen(0);
    return double;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`;
  }

  now(): number {
    return Date.now() + this.clockOffset;
  }

  isExpired({ expiresAt }: Token): boolean {
    return expiresAt !== undefined && Date.parse(expiresAt) <= this.now();
  }

  findProject(id: string): { readonly project: Project; readonly moved: boolean } | undefined {
    const project = this.projects.find((each) => String(each.id) === id || each.path === id);
    if (project !== undefined) return { project, moved: false };
    const former = this.projects.find(({ formerPaths }) => formerPaths.includes(id));
    return former === undefined ? undefined : { project: former, moved: true };
  }

  addUser(username: string, { name, email, isAdministrator = false, isBot = false }: NewUser = {}): User {
    const user: User = {
      id: this.#id(),
      username,
      name: name ?? username,
      email: email ?? `${username}@example.org`,
      state: 'active',
      isAdministrator,
      isBot,
    };
    this.users.push(user);
    return user;
  }

  addGroup(path: string, parent?: Group): Group {
    const group: Group = {
      id: this.#id(),
      path: parent === undefined ? path : `${parent.path}/${path}`,
      parent,
      members: new Map<User, Membership>(),
      invitations: [],
    };
    this.groups.push(group);
    return group;
  }

  /** With a protected `main` that maintainers may push to, as GitLab makes them. */
  async addProject(name: string, { group, defaultBranch = 'main' }: NewProject = {}): Promise<Project> {
    const id = this.#id();
    const repository = join(this.#directory, `${id}.git`);
    const args = ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, repository];
    if ((await run('git', args)).code !== 0) throw new Error('no repository');
    await mkdir(join(repository, 'hooks'), { recursive: true });
    await writeFile(join(repository, 'hooks/pre-receive'), PRE_RECEIVE_HOOK);
    await chmod(join(repository, 'hooks/pre-receive'), 0o755);
    const project: Project = {
      id,
      path: group === undefined ? name : `${group.path}/${name}`,
      formerPaths: [],
      group,
      members: new Map<User, Membership>(),
      invitations: [],
      protections: [{ name: 'main', push: [{ level: MAINTAINER }] }],
      archived: false,
      defaultBranch,
      repository,
      webhooks: [],
    };
    this.projects.push(project);
    return project;
  }

  rename(project: Project, path: string): void {
    project.formerPaths.push(project.path);
    project.path = path;
  }

  /** A new token of the user; by default one that may do everything the user may. */
  token(user: User, { scopes = ['api'], kind = 'personal', expiresAt }: NewToken = {}): string {
    const text = `${TOKEN_PREFIXES[kind]}${randomBytes(15).toString('base64url')}`;
    this.tokens.set(text, { id: this.#id(), text, kind, user, scopes, revoked: false, expiresAt });
    return text;
  }

  revoke(text: string): void {
    const token = this.tokens.get(text);
    if (token !== undefined) token.revoked = true;
  }

  /** URL for Git clients. */
  remoteOf({ path }: Project): string {
    return `${this.url}/${path}.git`;
  }

  apiRequests(): number {
    return this.requests.filter(({ kind }) => kind === 'api').length;
  }

  /** Refuses connections, or takes them again at the same port. */
  async setReachable(reachable: boolean): Promise<void> {
    if (reachable) return this.#listen(this.#port);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Resolves when all webhooks have been delivered, or failed to be. */
  async delivered(): Promise<void> {
    await Promise.all(this.#deliveries);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.setReachable(false);
    await this.delivered();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const isGit = GitFrontend.serves(url);
    this.requests.push({ kind: isGit ? 'git' : 'api', method: request.method ?? '', path: url });
    try {
      if (isGit) await this.git.serve(request, response);
      else if (this.faults.intercept('api', response) || (await this.oauth.serve(request, response))) return;
      else await this.#rest.serve(request, response);
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined);
    }
  }

  /** As GitLab does: the payload names the commits before and after, and at most 20 of those between. */
  #deliver(project: Project, before: string, after: string, { user }: Token): void {
    const none = '0'.repeat(40);
    const payload = JSON.stringify({
      object_kind: 'push',
      event_name: 'push',
      before: before || none,
      after: after || none,
      ref: 'refs/heads/main',
      user_id: user.id,
      user_username: user.username,
      project_id: project.id,
      project: { id: project.id, path_with_namespace: project.path, default_branch: project.defaultBranch },
      commits: [],
      total_commits_count: 1,
    });
    for (const { url, secret } of project.webhooks) {
      const headers = { 'content-type': 'application/json', 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secret };
      const delivery: Promise<void> = fetch(url, { method: 'POST', headers, body: payload })
        .then(
          async (reply) => void (await reply.arrayBuffer()),
          () => {},
        )
        .finally(() => this.#deliveries.delete(delivery));
      this.#deliveries.add(delivery);
    }
  }

  #id(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}
