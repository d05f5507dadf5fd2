import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { TokenListReply, TokenRevokedReply } from '../../contract/schemas/server.ts';
import { NautesError } from '../../errors/errors.ts';
import { message, render } from '../../messages/message.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import type { Role } from '../../resources/caller.ts';
import { callOf } from '../http/call.ts';
import { sendJson, sendTexts } from '../http/replies.ts';
import { languageOf, type Route } from '../http/route.ts';

/** What is known of an access token. */
export interface KnownToken {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  /** Empty when it does not expire. */
  readonly expiresAt: string;
  /** Day of the last use that is known. */
  readonly lastUsedAt?: string;
}

/** The access tokens of the installation. Making them is left to a command on the server: no token makes others. */
export interface TokenAdministration {
  readonly list: (
    signal: AbortSignal,
  ) => Promise<{ readonly tokens: readonly KnownToken[]; readonly unreadable: readonly string[] }>;
  /** @throws NautesError `TokenNameInvalid`, `TokenNotFound`, `TokenStoreUnavailable` */
  readonly revoke: (name: string, signal: AbortSignal) => Promise<void>;
}

/** @param tokens absent where callers have tokens of GitLab or Gitea */
export function tokenRoutes(registry: ClusterRegistry, tokens: TokenAdministration | undefined): readonly Route[] {
  const authorized = async (request: FastifyRequest): Promise<TokenAdministration> => {
    const call = callOf(request);
    await call.within(registry.authorizeTokens(call.context));
    if (tokens === undefined) throw new NautesError('TokensElsewhere');
    return tokens;
  };
  const list = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const administration = await authorized(request);
    const call = callOf(request);
    const found = await call.within(administration.list(call.signal));
    const items = found.tokens.map(({ name, role, createdAt, expiresAt, lastUsedAt }) => ({
      name,
      role,
      created_at: createdAt,
      expires_at: expiresAt,
      ...(lastUsedAt !== undefined && { last_used_at: lastUsedAt }),
    }));
    return sendJson(reply, 200, TokenListReply, { items, unreadable: [...found.unreadable] });
  };
  const revoke = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const administration = await authorized(request);
    const { token_name: name = '' } = request.params as { readonly token_name?: string };
    const call = callOf(request);
    await call.within(administration.revoke(name, call.signal));
    const language = languageOf(request);
    const text = render(message('TokenRevoked.reply', { name }), language);
    return sendTexts(reply, language, 200, TokenRevokedReply, { message: text });
  };
  return [
    { operation: operations.listTokens, handle: list },
    { operation: operations.revokeToken, handle: revoke },
  ];
}
