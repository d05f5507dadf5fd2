import { AccountNumber } from './account-number.ts';
import { replyProblem } from './reply-problem.ts';
import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { NautesError } from '../errors/errors.ts';
import { matches } from '../base/schema.ts';
import type { Secret } from '../base/secret.ts';
import type { HostClient, HostReply } from './host-client.ts';

/** The used calls of Gitea's API (v1), with the used fields of the answers. */

export const GiteaUser = Type.Object({
  id: AccountNumber,
  login: Type.String(),
  full_name: Type.String(),
  email: Type.String(),
});
export type GiteaUser = Static<typeof GiteaUser>;

export const GiteaRepository = Type.Object({
  full_name: Type.String(),
  archived: Type.Boolean(),
  owner: Type.Object({ login: Type.String() }),
  permissions: Type.Object({ admin: Type.Boolean(), push: Type.Boolean(), pull: Type.Boolean() }),
});
export type GiteaRepository = Static<typeof GiteaRepository>;

export const GiteaBranch = Type.Object({ protected: Type.Boolean(), user_can_push: Type.Boolean() });
export type GiteaBranch = Static<typeof GiteaBranch>;

export const GiteaProtection = Type.Object({
  rule_name: Type.String(),
  enable_push: Type.Boolean(),
  enable_push_whitelist: Type.Boolean(),
  push_whitelist_usernames: Type.Union([Type.Array(Type.String()), Type.Null()]),
  push_whitelist_teams: Type.Union([Type.Array(Type.String()), Type.Null()]),
});
export type GiteaProtection = Static<typeof GiteaProtection>;

/** Why Gitea refuses a request. */
export type GiteaRefusal = 'unknownToken' | 'scopeMissing' | 'forbidden' | 'absent';

export type GiteaAnswer<T> =
  | { readonly value: T; readonly refusal?: undefined }
  | { readonly value?: undefined; readonly refusal: GiteaRefusal };

/** Gitea's answer to the start of a push. */
export type PushAnswer = 'welcome' | 'unknownToken' | 'archived' | 'forbidden' | 'absent';

export class GiteaApi {
  readonly #client: HostClient;
  /** Owner and name. */
  readonly #repository: string;

  constructor(client: HostClient, repository: string) {
    this.#client = client;
    this.#repository = repository.split('/').map(encodeURIComponent).join('/');
  }

  user(token: Secret, signal: AbortSignal): Promise<GiteaAnswer<GiteaUser>> {
    return this.#get('/api/v1/user', GiteaUser, token, signal);
  }

  repository(token: Secret, signal: AbortSignal): Promise<GiteaAnswer<GiteaRepository>> {
    return this.#get(`/api/v1/repos/${this.#repository}`, GiteaRepository, token, signal);
  }

  /** `user_can_push` covers the branch protection, but neither the scopes of the token nor an archived repository. */
  branch(branch: string, token: Secret, signal: AbortSignal): Promise<GiteaAnswer<GiteaBranch>> {
    const path = `/api/v1/repos/${this.#repository}/branches/${encodeURIComponent(branch)}`;
    return this.#get(path, GiteaBranch, token, signal);
  }

  /** Requires an administrator of the repository. */
  protections(token: Secret, signal: AbortSignal): Promise<GiteaAnswer<GiteaProtection[]>> {
    return this.#get(
      `/api/v1/repos/${this.#repository}/branch_protections`,
      Type.Array(GiteaProtection),
      token,
      signal,
    );
  }

  /** Starts a push and aborts it: this covers the scopes of the token and archiving, but not the branch protection. */
  async beginPush(token: Secret, signal: AbortSignal): Promise<PushAnswer> {
    const path = `/${this.#repository}.git/info/refs?service=git-receive-pack`;
    const { status, text } = await this.#client.get(
      path,
      { kind: 'basic', username: 'oauth2', password: token },
      signal,
    );
    if (status === 200) return 'welcome';
    if (status === 401) return 'unknownToken';
    if (status === 404) return 'absent';
    if (status === 403) return /archived/i.test(text) ? 'archived' : 'forbidden';
    throw this.#invalid(message('GitHostInvalid.status', { status }));
  }

  async #get<S extends TSchema>(
    path: string,
    schema: S,
    token: Secret,
    signal: AbortSignal,
  ): Promise<GiteaAnswer<Static<S>>> {
    const reply = await this.#client.get(path, { kind: 'bearer', token }, signal);
    const refusal = refusalOf(reply);
    if (refusal !== undefined) return { refusal };
    if (matches(schema, reply.json)) return { value: reply.json };
    if (reply.status !== 200) throw this.#invalid(message('GitHostInvalid.status', { status: reply.status }));
    throw this.#invalid(replyProblem(path, schema, reply.json));
  }

  #invalid(problem: Message): NautesError {
    return new NautesError('GitHostInvalid', { host: this.#client.host, problem });
  }
}

/** The texts of an answer are matched and never passed on. */
function refusalOf({ status, text }: HostReply): GiteaRefusal | undefined {
  if (status === 401) return 'unknownToken';
  if (status === 403) return /required scope/.test(text) ? 'scopeMissing' : 'forbidden';
  return status === 404 ? 'absent' : undefined;
}
