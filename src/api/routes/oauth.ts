import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { operations } from '../../contract/operations.ts';
import { paths } from '../../contract/paths.ts';
import { OAuthCallbackQuery, OAuthStartQuery } from '../../contract/schemas/session.ts';
import { NautesError } from '../../errors/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { message, quoted } from '../../messages/message.ts';
import type { WireMessage } from '../decode/message.ts';
import { beginCall, originOf } from '../http/call.ts';
import { readQuery, type Route, textOf } from '../http/route.ts';
import { loginCookieName, readCookie, setCookie } from '../session/cookies.ts';
import { addCookie } from '../session/sessions.ts';
import { wireReason } from '../wire/error-reply.ts';
import { beginSession, type SessionParts } from './session.ts';

/** Login by GitLab or Gitea, as the routes use it. */
export interface BrowserLogin {
  readonly provider: 'gitlab' | 'gitea';
  readonly authorizeUrl: (request: {
    readonly state: string;
    readonly challenge: string;
    readonly redirectUri: string;
  }) => string;
  /** @throws NautesError `OAuthRefused`, or when it cannot be asked */
  readonly exchange: (
    grant: { readonly code: string; readonly verifier: string; readonly redirectUri: string },
    signal: AbortSignal,
  ) => Promise<{ readonly token: Secret; readonly expiresInSeconds?: number }>;
}

/** How long a person may take to log in, in milliseconds. */
const LOGIN_MILLISECONDS = 10 * 60_000;
const RANDOM_BYTES = 32;

/** Longest path of the console to come back to after a login. */
const MAXIMUM_PATH_LENGTH = 1000;

/** Longest code of OAuth that is taken. */
const MAXIMUM_CODE_LENGTH = 2048;

const HOME = '/console';

/** What the browser keeps for us, sealed, while a person logs in: it makes the answer count in this browser only. */
interface BegunLogin {
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
  /** Path to come back to. */
  readonly next: string;
  readonly endsAt: number;
}

/** @param login absent when it is not configured */
export function oauthRoutes(parts: SessionParts, login: BrowserLogin | undefined): readonly Route[] {
  const configured = (): BrowserLogin => {
    if (login === undefined) throw new NautesError('OAuthNotConfigured');
    return login;
  };
  return [
    { operation: operations.startOAuth, handle: (request, reply) => start(parts, configured(), { request, reply }) },
    { operation: operations.finishOAuth, handle: (request, reply) => finish(parts, configured(), { request, reply }) },
  ];
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

async function start(
  { sessions }: SessionParts,
  login: BrowserLogin,
  { request, reply }: Exchange,
): Promise<FastifyReply> {
  const [state, verifier] = [randomText(), randomText()];
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const redirectUri = `${request.protocol}://${request.host}${paths.oauthCallback}`;
  const next = ownPath(textOf(readQuery(request, OAuthStartQuery)['next']));
  const begun: BegunLogin = { state, verifier, redirectUri, next, endsAt: Date.now() + LOGIN_MILLISECONDS };
  const sealed = (await sessions.seal()).seal('oauth-login', JSON.stringify(begun));
  // Lax: the browser comes back from another site.
  const options = { maxAge: LOGIN_MILLISECONDS / 1000, sameSite: 'Lax' } as const;
  addCookie(reply, setCookie(request, loginCookieName(request), sealed, options));
  return reply.redirect(login.authorizeUrl({ state, challenge, redirectUri }), 302);
}

/** Ends at the page where the login began; there with `login_error` when it failed, for browsers. */
async function finish(parts: SessionParts, login: BrowserLogin, { request, reply }: Exchange): Promise<FastifyReply> {
  addCookie(reply, setCookie(request, loginCookieName(request), '', { maxAge: 0, sameSite: 'Lax' }));
  try {
    const { code, begun } = grantOf(login, await begunLogin(parts, request), readQuery(request, OAuthCallbackQuery));
    const call = beginCall(request, reply, parts.deadlineMilliseconds);
    const { token, expiresInSeconds } = await call.within(login.exchange({ ...begun, code }, call.signal));
    await call.authenticate(parts, token.reveal(), originOf(request));
    const lifeMilliseconds = expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000;
    await beginSession(parts, { request, reply, call, token, lifeMilliseconds });
    return reply.redirect(begun.next, 302);
  } catch (error) {
    const isPage = (request.headers.accept ?? '').includes('text/html');
    if (!isPage || !(error instanceof NautesError)) throw error;
    request.failure = error.reason;
    return reply.redirect(`${HOME}?login_error=${wireReason(error.reason)}`, 302);
  }
}

/** `undefined` when the login was not begun in this browser, or too long ago. */
async function begunLogin({ sessions }: SessionParts, request: FastifyRequest): Promise<BegunLogin | undefined> {
  const sealed = readCookie(request, loginCookieName(request));
  const text = sealed === undefined ? undefined : (await sessions.seal()).open('oauth-login', sealed);
  const begun = text === undefined ? undefined : (JSON.parse(text) as BegunLogin); // sealed by us
  return begun !== undefined && Date.now() < begun.endsAt ? begun : undefined;
}

interface Granted {
  readonly code: string;
  readonly begun: BegunLogin;
}

/** @throws OAuthRefused unless the answer belongs to the login that this browser has begun, and says yes */
function grantOf(login: BrowserLogin, begun: BegunLogin | undefined, query: WireMessage): Granted {
  const host = login.provider === 'gitlab' ? 'GitLab' : 'Gitea';
  const [state, code, error] = ['state', 'code', 'error'].map((name) => textOf(query[name]));
  if (begun === undefined || !isSame(state ?? '', begun.state)) {
    throw new NautesError('OAuthRefused', { host, problem: message('OAuth.notBegun') });
  }
  if (error !== '') throw new NautesError('OAuthRefused', { host, problem: quoted((error ?? '').slice(0, 200)) });
  if (code === undefined || code === '' || code.length > MAXIMUM_CODE_LENGTH) {
    throw new NautesError('OAuthRefused', { host, problem: message('OAuth.noCode') });
  }
  return { code, begun };
}

function isSame(left: string, right: string): boolean {
  const [first, second] = [Buffer.from(left), Buffer.from(right)];
  return first.length === second.length && timingSafeEqual(first, second);
}

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

/** A path of the console, so that a link cannot lead to another site after a login. */
function ownPath(path: string): string {
  const isOwn = /^\/console(?:[/?][\x21-\x5b\x5d-\x7e]*)?$/.test(path) && path.length <= MAXIMUM_PATH_LENGTH;
  return isOwn ? path : HOME;
}
