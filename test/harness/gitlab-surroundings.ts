import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitLabDouble, type GitLabDoubleOptions } from '../doubles/gitlab/gitlab.ts';
import type { Project, User } from '../doubles/gitlab/model.ts';
import { ApiClient } from './api-client.ts';

/** What a person may in the project, by the names that GitLab has for it. */
const LEVELS = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

/** The project of the tenant configuration repository and those who know it. */
export class GitLabSurroundings implements AsyncDisposable {
  readonly gitlab: GitLabDouble;
  readonly project: Project;
  /** Whose token the server has. */
  readonly account: User;
  readonly #directory: string;
  readonly #hookSecret = randomBytes(12).toString('hex');

  private constructor(gitlab: GitLabDouble, project: Project, account: User, directory: string) {
    this.gitlab = gitlab;
    this.project = project;
    this.account = account;
    this.#directory = directory;
  }

  static async start(options: GitLabDoubleOptions = {}): Promise<GitLabSurroundings> {
    const gitlab = await GitLabDouble.start(options);
    const project = await gitlab.addProject('tenant-config', { group: gitlab.addGroup('platform') });
    const account = gitlab.addUser(`project_${project.id}_bot_nautes`, { name: 'Nautes', isBot: true });
    project.members.set(account, { level: LEVELS.maintainer });
    const directory = await mkdtemp(join(tmpdir(), 'nautes-surroundings-'));
    const surroundings = new GitLabSurroundings(gitlab, project, account, directory);
    await surroundings.useServerToken(gitlab.token(account));
    await writeFile(join(directory, 'hook'), surroundings.#hookSecret);
    return surroundings;
  }

  /** Keys of the server's configuration by which it lives here; to be merged with those of other surroundings. */
  get configuration() {
    return {
      identity: { provider: 'gitlab', cacheSeconds: 1, requestsPerMinute: 6000 },
      git: {
        remote: this.gitlab.remoteOf(this.project),
        tokenFile: join(this.#directory, 'token'),
        pollSeconds: 3600,
      },
      webhooks: { secretFile: join(this.#directory, 'hook') },
    };
  }

  /** Lets GitLab tell the server of pushes. */
  addHook(server: string): void {
    this.project.webhooks.push({ url: `${server}/api/v1/webhooks/gitlab`, secret: this.#hookSecret });
  }

  /** From now on the server has this token. */
  async useServerToken(token: string): Promise<void> {
    await writeFile(join(this.#directory, 'token'), token, { mode: 0o600 });
  }

  /** Somebody new with this role; no member without one. */
  addPerson(name: string, role?: keyof typeof LEVELS): User {
    const user = this.gitlab.addUser(name.toLowerCase(), { name });
    if (role !== undefined) this.project.members.set(user, { level: LEVELS[role] });
    return user;
  }

  /** A client of the server with a new token of the person. */
  client(server: () => string, person: User, token = this.gitlab.token(person)): ApiClient {
    return new ApiClient(server, token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gitlab[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
