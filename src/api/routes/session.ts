import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { paths } from '../../contract/paths.ts';
import type { Reply } from '../../contract/reply.ts';
import type { CallerReply } from '../../contract/schemas/replies.ts';
import { LoginLinkReply, SessionBody, SessionReply } from '../../contract/schemas/session.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { ClusterRegistry } from '../../registry/cluster-registry.ts';
import { decodeBody } from '../decode/body.ts';
import { codecError } from '../decode/codec-error.ts';
import { schemaViolations, validationError } from '../decode/violations.ts';
import { beginCall, type Call, callOf, originOf, tokenOf } from '../http/call.ts';
import { sendJson } from '../http/replies.ts';
import { type Route, textOf } from '../http/route.ts';
import type { TokenGuard } from '../http/token-guard.ts';
import { MAXIMUM_SESSION_TOKEN_LENGTH } from '../session/cookies.ts';
import { isFromOwnPage } from '../session/own-page.ts';
import type { LoginLinks } from '../session/login-links.ts';
import { sealedSession, SESSION_MILLISECONDS, type Sessions } from '../session/sessions.ts';
import { Secret } from '../../base/secret.ts';
import { bodyOf } from './clusters.ts';
import type { ServerViews } from './server.ts';

/** Largest body of a login: a token with its name, and room for blanks. */
const MAXIMUM_LOGIN_BYTES = 8 * 1024;

export interface SessionParts {
  readonly registry: ClusterRegistry;
  readonly guard: TokenGuard;
  readonly sessions: Sessions;
  readonly links: LoginLinks;
  readonly views: Pick<ServerViews, 'version' | 'installation'>;
  /** Login by GitLab or Gitea; absent when it is not configured. */
  readonly oauth?: { readonly provider: 'gitlab' | 'gitea' };
  /** Milliseconds from the headers to the answer. */
  readonly deadlineMilliseconds: number;
}

/** Login and logout of browsers. */
export function sessionRoutes(parts: SessionParts): readonly Route[] {
  const { sessions } = parts;
  return [
    {
      operation: operations.logIn,
      bodyLimit: MAXIMUM_LOGIN_BYTES,
      before: async (request) => requireOwnPage(request),
      handle: (request, reply) => logIn(parts, request, reply),
    },
    { operation: operations.makeLoginLink, handle: (request, reply) => makeLink(parts, request, reply) },
    { operation: operations.getSession, handle: (request, reply) => show(parts, request, reply) },
    {
      operation: operations.logOut,
      handle: async (request, reply) => {
        requireOwnPage(request);
        sessions.end(request, reply);
        return sendJson(reply, 200, SessionReply, { caller: null });
      },
    },
  ];
}

function requireOwnPage(request: FastifyRequest): void {
  if (!isFromOwnPage(request)) throw new NautesError('CrossOrigin');
}

async function logIn(parts: SessionParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const token = tokenOfLogin(parts, request);
  const call = beginCall(request, reply, parts.deadlineMilliseconds);
  await call.authenticate(parts, token.reveal(), originOf(request));
  return sendJson(reply, 200, SessionReply, await beginSession(parts, { request, reply, call, token }));
}

/** A caller that was let in. */
export interface Login {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly call: Call;
  readonly token: Secret;
  /** How long the token lives from now on, where its issuer has said so. */
  readonly lifeMilliseconds?: number | undefined;
}

/** Has the browser keep the caller's session. @throws NoAuthorization when the caller may not even read */
export async function beginSession(
  parts: SessionParts,
  { request, reply, call, token, lifeMilliseconds = SESSION_MILLISECONDS }: Login,
): Promise<Reply<typeof SessionReply>> {
  const caller = await callerOf(parts, call);
  const tokenEnd = call.context.caller.tokenExpiresAt;
  const endsAt = Math.min(
    Date.now() + Math.min(SESSION_MILLISECONDS, lifeMilliseconds),
    tokenEnd === undefined ? Number.POSITIVE_INFINITY : Date.parse(tokenEnd),
  );
  await parts.sessions.begin(request, reply, { token, endsAt });
  return { caller, expires_at: new Date(endsAt).toISOString() };
}

/** Always 200, so that a page begins without an error: no session is `null`. */
async function show(parts: SessionParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const none = { caller: null, ...oauthOf(parts) };
  if (sealedSession(request) === undefined) return sendJson(reply, 200, SessionReply, none);
  try {
    const session = await parts.sessions.of(request);
    if (session === undefined) return sendJson(reply, 200, SessionReply, none);
    const call = beginCall(request, reply, parts.deadlineMilliseconds);
    await call.authenticate(parts, session.token.reveal(), originOf(request));
    const caller = await callerOf(parts, call);
    return sendJson(reply, 200, SessionReply, { caller, expires_at: new Date(session.endsAt).toISOString() });
  } catch (error) {
    if (!(error instanceof NautesError) || (error.status !== 401 && error.status !== 403)) throw error;
    if (error.status === 401) parts.sessions.end(request, reply); // it cannot become valid again
    return sendJson(reply, 200, SessionReply, none);
  }
}

function oauthOf({ oauth }: SessionParts): Pick<Reply<typeof SessionReply>, 'oauth'> {
  return oauth === undefined ? {} : { oauth: { provider: oauth.provider, url: paths.oauthStart } };
}

async function callerOf({ registry, views }: SessionParts, call: Call): Promise<Reply<typeof CallerReply>> {
  const { id, name } = call.context.caller;
  const role = await call.within(registry.roleOf(call.context));
  return { id, name, role, server_version: views.version, installation: views.installation };
}

/** A link is used up by its login, also by one that is refused. @throws LoginLinkUsed, Codec, Validator */
function tokenOfLogin({ links }: SessionParts, request: FastifyRequest): Secret {
  const { message: body } = decodeBody(bodyOf(request), request.headers['content-type'], SessionBody);
  const violations = schemaViolations(body, SessionBody);
  if (violations.length > 0) throw validationError(violations, []);
  const link = textOf(body['link']);
  if (link !== '') {
    const token = links.take(link);
    if (token === undefined) throw new NautesError('LoginLinkUsed');
    return token;
  }
  const token = textOf(body['token']).trim();
  if (token.length > MAXIMUM_SESSION_TOKEN_LENGTH || !/^[\x21-\x7e]*$/.test(token)) {
    throw codecError(message('Codec.token', { maximum: MAXIMUM_SESSION_TOKEN_LENGTH }));
  }
  return new Secret(token);
}

/** For the token of the request: scripts of a page, which cannot read their session, cannot take it along in a link. */
async function makeLink(
  { registry, links }: SessionParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = callOf(request);
  await call.within(registry.roleOf(call.context));
  if (call.sessionEndsAt !== undefined) throw new NautesError('LinkNeedsToken');
  const token = tokenOf(request);
  if (token.length > MAXIMUM_SESSION_TOKEN_LENGTH) {
    throw codecError(message('Codec.token', { maximum: MAXIMUM_SESSION_TOKEN_LENGTH }));
  }
  const { code, endsAt } = links.make(new Secret(token));
  const path = `/console/login#link=${code}`;
  return sendJson(reply, 200, LoginLinkReply, { path, expires_at: new Date(endsAt).toISOString() });
}
