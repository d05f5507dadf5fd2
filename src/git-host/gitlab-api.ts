import { AccountNumber } from './account-number.ts';
import { replyProblem } from './reply-problem.ts';
import { message } from '../messages/message.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { NautesError } from '../errors/errors.ts';
import { matches } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import type { HostClient, HostReply } from './host-client.ts';

/**
 * The used calls of GitLab's REST API (v4), with the used fields of the answers. Names and types
 * are those of GitLab's reference; everything else in an answer is ignored.
 */

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const GitLabUser = Type.Object({
  id: AccountNumber,
  username: Type.String(),
  name: Type.String(),
  state: Type.String(),
  email: Type.Optional(nullable(Type.String())),
  commit_email: Type.Optional(nullable(Type.String())),
});
export type GitLabUser = Static<typeof GitLabUser>;

export const GitLabToken = Type.Object({
  scopes: Type.Array(Type.String()),
  expires_at: Type.Optional(nullable(Type.String())),
});
export type GitLabToken = Static<typeof GitLabToken>;

/** GitLab's information on an OAuth token. */
export const GitLabTokenInfo = Type.Object({ scope: Type.Array(Type.String()) });

export const GitLabProject = Type.Object({
  id: AccountNumber,
  path_with_namespace: Type.String(),
  archived: Type.Optional(Type.Boolean()),
  default_branch: Type.Optional(nullable(Type.String())),
});
export type GitLabProject = Static<typeof GitLabProject>;

export const GitLabMember = Type.Object({
  id: AccountNumber,
  username: Type.String(),
  name: Type.String(),
  state: Type.String(),
  access_level: Type.Integer(),
  expires_at: Type.Optional(nullable(Type.String())),
});
export type GitLabMember = Static<typeof GitLabMember>;

export const GitLabBranch = Type.Object({
  name: Type.String(),
  protected: Type.Boolean(),
  can_push: Type.Boolean(),
});
export type GitLabBranch = Static<typeof GitLabBranch>;

export const GitLabPushAccess = Type.Object({
  access_level: nullable(Type.Integer()),
  access_level_description: Type.String(),
  user_id: Type.Optional(nullable(Type.Integer())),
  group_id: Type.Optional(nullable(Type.Integer())),
  deploy_key_id: Type.Optional(nullable(Type.Integer())),
});
export type GitLabPushAccess = Static<typeof GitLabPushAccess>;

export const GitLabProtectedBranch = Type.Object({
  name: Type.String(),
  push_access_levels: Type.Array(GitLabPushAccess),
});
export type GitLabProtectedBranch = Static<typeof GitLabProtectedBranch>;

/** Why GitLab refuses a request. */
export type GitLabRefusal =
  /** 401: the token is wrong, revoked or expired. */
  | 'unknownToken'
  | 'expiredToken'
  /** 403: the token is valid but lacks the scope. */
  | 'scopeMissing'
  /** 403 for any other reason, such as a blocked account. */
  | 'forbidden'
  /** 404: it does not exist, or is not visible with this token. */
  | 'absent'
  /** 400: the request does not suit the type of token. */
  | 'unsuitable';

export type GitLabAnswer<T> =
  | { readonly value: T; readonly refusal?: undefined }
  | { readonly value?: undefined; readonly refusal: GitLabRefusal };

/** Page size: the most entries that are read of a list. */
const PAGE_SIZE = 100;

export class GitLabApi {
  readonly #client: HostClient;

  constructor(client: HostClient) {
    this.#client = client;
  }

  user(token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabUser>> {
    return this.#get('/api/v4/user', GitLabUser, token, signal);
  }

  /** The personal, project or group access token itself; `unsuitable` for an OAuth token. */
  ownToken(token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabToken>> {
    return this.#get('/api/v4/personal_access_tokens/self', GitLabToken, token, signal);
  }

  oauthToken(token: Secret, signal: AbortSignal): Promise<GitLabAnswer<Static<typeof GitLabTokenInfo>>> {
    return this.#get('/oauth/token/info', GitLabTokenInfo, token, signal);
  }

  /** @param project its id, or its full path */
  project(project: string, token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabProject>> {
    return this.#get(projectPath(project), GitLabProject, token, signal);
  }

  /** With the effective access level, whether direct, inherited or by an invited group. */
  member(project: string, user: number, token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabMember>> {
    return this.#get(`${projectPath(project)}/members/all/${user}`, GitLabMember, token, signal);
  }

  /** The first members: direct, inherited or invited. */
  members(project: string, token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabMember[]>> {
    const path = `${projectPath(project)}/members/all?per_page=${PAGE_SIZE}`;
    return this.#get(path, Type.Array(GitLabMember), token, signal);
  }

  /** `can_push` is GitLab's own decision for the owner of the token. */
  branch(project: string, branch: string, token: Secret, signal: AbortSignal): Promise<GitLabAnswer<GitLabBranch>> {
    const path = `${projectPath(project)}/repository/branches/${encodeURIComponent(branch)}`;
    return this.#get(path, GitLabBranch, token, signal);
  }

  protectedBranches(
    project: string,
    token: Secret,
    signal: AbortSignal,
  ): Promise<GitLabAnswer<GitLabProtectedBranch[]>> {
    const path = `${projectPath(project)}/protected_branches?per_page=${PAGE_SIZE}`;
    return this.#get(path, Type.Array(GitLabProtectedBranch), token, signal);
  }

  async #get<S extends TSchema>(
    path: string,
    schema: S,
    token: Secret,
    signal: AbortSignal,
  ): Promise<GitLabAnswer<Static<S>>> {
    const reply = await this.#client.get(path, { kind: 'bearer', token }, signal);
    const refusal = refusalOf(reply);
    if (refusal !== undefined) return { refusal };
    if (matches(schema, reply.json)) return { value: reply.json };
    const problem =
      reply.status === 200
        ? replyProblem(path.replace(/\?.*/, ''), schema, reply.json)
        : message('GitHostInvalid.status', { status: reply.status });
    throw new NautesError('GitHostInvalid', { host: this.#client.host, problem });
  }
}

function projectPath(project: string): string {
  return `/api/v4/projects/${encodeURIComponent(project)}`;
}

/** The texts of an answer are matched and never passed on. */
function refusalOf({ status, json, text }: HostReply): GitLabRefusal | undefined {
  if (status === 400) return 'unsuitable';
  if (status === 401) return /expired/i.test(text) ? 'expiredToken' : 'unknownToken';
  if (status === 403) return errorOf(json) === 'insufficient_scope' ? 'scopeMissing' : 'forbidden';
  return status === 404 ? 'absent' : undefined;
}

function errorOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
}
