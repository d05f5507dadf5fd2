import type { IncomingMessage, ServerResponse } from 'node:http';
import { run } from '../../../src/base/programs/process.ts';
import { effectiveMembership, mayAct, mayPush, mayRead, protectionsOf, MAINTAINER, REPORTER } from './access.ts';
import type { Group, Project, Protection, PushEntry, Token, User } from './model.ts';
import type { Store } from './store.ts';

/** Scopes with which the API can be read. */
const API_SCOPES = ['api', 'read_api'];

type Json = Readonly<Record<string, unknown>>;

/** An answer that ends the request. */
class Answer extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`status ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The REST API, version 4: the calls that the server makes. */
export class RestApi {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const { status, body, headers } = await this.#answer(url, request).catch((error: unknown) => {
      if (error instanceof Answer) return error;
      throw error;
    });
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  async #answer(url: URL, request: IncomingMessage): Promise<Answer> {
    const token = this.#token(request);
    const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
    if (url.pathname === '/oauth/token/info') return oauthInfo(token);
    if (segments[0] !== 'api' || segments[1] !== 'v4') throw notFound('');
    const [resource = '', id = '', ...rest] = segments.slice(2);
    if (resource === 'personal_access_tokens' && id === 'self') return ownToken(token);
    if (resource === 'user' && id === '') return this.#user(token);
    if (resource === 'projects') return this.#project(token, id, rest);
    throw notFound('');
  }

  #token(request: IncomingMessage): Token {
    const text = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = this.#store.tokens.get(text);
    if (token === undefined || token.kind === 'deploy') throw new Answer(401, { message: '401 Unauthorized' });
    const invalid = (description: string): Answer =>
      new Answer(401, { error: 'invalid_token', error_description: description });
    if (token.revoked) throw invalid('Token was revoked. You have to re-authorize from the user.');
    if (this.#store.isExpired(token)) {
      throw invalid('Token is expired. You can either do re-authorization or token refresh.');
    }
    if (token.user.state === 'blocked') {
      throw new Answer(403, { message: '403 Forbidden - Your account has been blocked.' });
    }
    return token;
  }

  #user(token: Token): Answer {
    requireScope(token, [...API_SCOPES, 'read_user']);
    const { user } = token;
    return new Answer(200, {
      ...this.#basic(user),
      bot: user.isBot,
      email: user.email,
      commit_email: user.email,
      public_email: null,
      is_admin: user.isAdministrator,
    });
  }

  async #project(token: Token, id: string, rest: readonly string[]): Promise<Answer> {
    requireScope(token, API_SCOPES);
    const found = this.#store.findProject(id);
    const now = this.#store.now();
    if (found === undefined || !mayRead(found.project, token.user, now)) throw notFound('Project ');
    const { project, moved } = found;
    if (!moved) return this.#inProject(project, token.user, rest);
    const path = ['/api/v4/projects', String(project.id), ...rest.map(encodeURIComponent)].join('/');
    return new Answer(301, { message: 'Moved' }, { location: `${this.#store.url}${path}` });
  }

  async #inProject(project: Project, user: User, rest: readonly string[]): Promise<Answer> {
    const [first = '', second = '', third = ''] = rest;
    if (first === '') return this.#projectDetails(project);
    if (first === 'members' && second === 'all') {
      return third === '' ? this.#members(project) : this.#member(project, Number(third));
    }
    if (first === 'repository' && second === 'branches') return this.#branch(project, user, third);
    if (first !== 'protected_branches' || second !== '') throw notFound('');
    if (!mayAct(project, user, MAINTAINER, this.#store.now())) throw new Answer(403, { message: '403 Forbidden' });
    return new Answer(200, project.protections.map(protectionJson));
  }

  #projectDetails(project: Project): Answer {
    return new Answer(200, {
      id: project.id,
      path_with_namespace: project.path,
      default_branch: project.defaultBranch,
      archived: project.archived,
      http_url_to_repo: `${this.#store.url}/${project.path}.git`,
      web_url: `${this.#store.url}/${project.path}`,
      shared_with_groups: project.invitations.map(({ group, level, expiresAt }) => ({
        group_id: group.id,
        group_name: group.path,
        group_full_path: group.path,
        group_access_level: level,
        expires_at: expiresAt ?? null,
      })),
    });
  }

  #member(project: Project, id: number): Answer {
    const user = this.#store.users.find((each) => each.id === id);
    const json = user === undefined ? undefined : this.#membership(project, user);
    if (json === undefined) throw notFound('');
    return new Answer(200, json);
  }

  #members(project: Project): Answer {
    const list = this.#store.users.flatMap((user) => this.#membership(project, user) ?? []);
    return new Answer(200, list, { 'x-total': String(list.length), 'x-next-page': '' });
  }

  #membership(project: Project, user: User): Json | undefined {
    const membership = effectiveMembership(project, user, this.#store.now());
    if (membership === undefined) return undefined;
    const { level, expiresAt } = membership;
    return {
      ...this.#basic(user),
      access_level: level,
      expires_at: expiresAt ?? null,
      created_at: '2026-01-01T00:00:00.000Z',
      membership_state: 'active',
    };
  }

  async #branch(project: Project, user: User, name: string): Promise<Answer> {
    if (!mayAct(project, user, REPORTER, this.#store.now())) throw new Answer(403, { message: '403 Forbidden' });
    const reference = `refs/heads/${name}`;
    const { code, stdout } = await run('git', ['-C', project.repository, 'rev-parse', '--verify', '-q', reference]);
    if (code !== 0) throw notFound('Branch ');
    const canPush = mayPush(project, user, name, this.#store.now());
    return new Answer(200, {
      name,
      commit: { id: stdout.toString().trim() },
      merged: false,
      protected: protectionsOf(project, name).length > 0,
      developers_can_push: false,
      developers_can_merge: false,
      can_push: canPush,
      default: name === project.defaultBranch,
      web_url: `${this.#store.url}/${project.path}/-/tree/${name}`,
    });
  }

  #basic({ id, username, name, state }: User): Json {
    const avatar = null;
    return { id, username, name, state, locked: false, avatar_url: avatar, web_url: `${this.#store.url}/${username}` };
  }
}

function ownToken(token: Token): Answer {
  if (token.kind === 'oauth') {
    const message = '400 Bad request - This endpoint requires token type to be a personal access token';
    throw new Answer(400, { message });
  }
  return new Answer(200, {
    id: token.id,
    name: `token ${token.id}`,
    revoked: token.revoked,
    created_at: '2026-01-01T00:00:00.000Z',
    scopes: token.scopes,
    user_id: token.user.id,
    active: true,
    expires_at: token.expiresAt ?? null,
  });
}

function oauthInfo(token: Token): Answer {
  if (token.kind !== 'oauth') throw new Answer(401, { error: 'invalid_token' });
  const application = { uid: 'cb1eb9ab4fb7' };
  return new Answer(200, {
    resource_owner_id: token.user.id,
    scope: token.scopes,
    expires_in: 7200,
    application,
    created_at: 1_767_225_600,
  });
}

function requireScope(token: Token, scopes: readonly string[]): void {
  if (scopes.some((scope) => token.scopes.includes(scope))) return;
  throw new Answer(403, {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope: scopes.join(' '),
  });
}

function notFound(what: string): Answer {
  return new Answer(404, { message: `404 ${what}Not Found` });
}

function protectionJson({ name, push }: Protection, index: number): Json {
  const none = { id: index * 100, access_level: 40, access_level_description: 'Maintainers' };
  return {
    id: index + 1,
    name,
    push_access_levels: push.map((entry, position) => ({ id: index * 100 + position, ...entryJson(entry) })),
    merge_access_levels: [{ ...none, user_id: null, group_id: null }],
    allow_force_push: false,
  };
}

function entryJson(entry: PushEntry): Json {
  if ('user' in entry) return accessJson(40, entry.user.name, { user_id: entry.user.id });
  if ('group' in entry) return accessJson(40, groupTitle(entry.group), { group_id: entry.group.id });
  return accessJson(entry.level, LEVEL_TITLES[entry.level] ?? 'Maintainers', {});
}

function accessJson(level: number, description: string, who: Json): Json {
  return {
    access_level: level,
    access_level_description: description,
    user_id: null,
    group_id: null,
    deploy_key_id: null,
    ...who,
  };
}

function groupTitle({ path }: Group): string {
  return path.replaceAll('/', ' / ');
}

const LEVEL_TITLES: Readonly<Record<number, string>> = {
  0: 'No one',
  30: 'Developers + Maintainers',
  40: 'Maintainers',
  60: 'Instance admins',
};
