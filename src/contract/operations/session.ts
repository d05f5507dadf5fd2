import { TokenListReply, TokenRevokedReply } from '../schemas/server.ts';
import { CallerReply } from '../schemas/replies.ts';
import { LoginLinkReply, OAuthCallbackQuery, OAuthStartQuery, SessionBody, SessionReply } from '../schemas/session.ts';
import { paths } from '../paths.ts';
import { json, INVALID, TOO_MANY } from './replies.ts';
import type { Operation } from '../operation.ts';

const TOKENS_ELSEWHERE = 'Callers have tokens of GitLab or Gitea, which are revoked there.';
const CONSOLE_HEADERS = { 'X-Nautes-Console': '`1`: only a page of this server can send it.' };
const SET_COOKIE = { 'Set-Cookie': 'The sealed session, or its removal.' };
const SESSION_ERRORS = {
  403: 'The request is not from a page of this server (`CROSS_ORIGIN`), or the caller has no right here.',
  429: TOO_MANY,
  500: 'Something unexpected happened (`UNKNOWN`); the server log has the request id.',
  503: 'Callers cannot be identified now.',
  504: 'It took too long and was given up.',
};
const OAUTH_ERRORS = {
  404: 'It is not configured (`OAUTH_NOT_CONFIGURED`).',
  500: 'Something unexpected happened (`UNKNOWN`); the server log has the request id.',
  503: 'GitLab or Gitea cannot be asked now.',
};

/** Callers: tokens, and sessions of the console. */
export const sessionOperations = {
  listTokens: {
    id: 'Server_ListTokens',
    method: 'GET',
    path: paths.tokens,
    access: 'maintainer',
    summary: 'List the access tokens of this installation',
    description:
      'Not where callers have tokens of GitLab or Gitea. Tokens are made by `nautes token create` on the server.',
    replies: { 200: json('The tokens, without themselves.', TokenListReply) },
    errors: { 409: TOKENS_ELSEWHERE },
  },
  revokeToken: {
    id: 'Server_RevokeToken',
    method: 'DELETE',
    path: paths.token,
    access: 'maintainer',
    summary: 'Revoke an access token of this installation',
    replies: { 200: json('It is refused from now on, within a second.', TokenRevokedReply) },
    errors: { 400: 'That cannot be the name of a token.', 404: 'There is no such token.', 409: TOKENS_ELSEWHERE },
  },
  logIn: {
    id: 'Session_LogIn',
    method: 'POST',
    path: paths.session,
    access: 'open',
    summary: 'Begin the session of a browser',
    description:
      'The token becomes a sealed cookie that no script can read. The cookie counts for requests without `Authorization` ' +
      'and only together with the header `X-Nautes-Console: 1` and, where browsers send them, a fitting `Sec-Fetch-Site` ' +
      'and `Origin`.',
    headers: CONSOLE_HEADERS,
    body: SessionBody,
    replies: { 200: json('The session.', SessionReply, SET_COOKIE) },
    errors: {
      ...SESSION_ERRORS,
      400: INVALID,
      401: 'The token is unknown or expired, or the link was used.',
      413: 'The body is too large.',
    },
  },
  makeLoginLink: {
    id: 'Session_MakeLoginLink',
    method: 'POST',
    path: paths.sessionLinks,
    access: 'reader',
    summary: 'Make a link that logs a browser in once',
    description:
      'The session then stands for the token of this request, which has to be in `Authorization`. A link works once, for five ' +
      'minutes, and at the server that made it, until its restart.',
    replies: { 200: json('The link.', LoginLinkReply) },
    errors: { 403: 'The request came with the session of a browser (`LINK_NEEDS_TOKEN`), or without rights here.' },
  },
  getSession: {
    id: 'Session_GetSession',
    method: 'GET',
    path: paths.session,
    access: 'open',
    summary: 'Show whose session the browser has',
    description: 'Answers also where there is none, or one that has ended: a page begins without an error.',
    headers: CONSOLE_HEADERS,
    replies: { 200: json('The session; its `caller` is `null` without one.', SessionReply, SET_COOKIE) },
    errors: SESSION_ERRORS,
  },
  startOAuth: {
    id: 'Session_StartOAuth',
    method: 'GET',
    path: paths.oauthStart,
    access: 'open',
    summary: 'Begin a login by GitLab or Gitea',
    description:
      'For browsers: authorisation code with PKCE. A sealed cookie binds the answer to this browser for ten minutes.',
    query: OAuthStartQuery,
    replies: { 302: { description: 'To the page where people log in.', headers: { Location: 'Of GitLab or Gitea.' } } },
    errors: { ...OAUTH_ERRORS, 400: INVALID },
  },
  finishOAuth: {
    id: 'Session_FinishOAuth',
    method: 'GET',
    path: paths.oauthCallback,
    access: 'open',
    summary: 'Come back from a login by GitLab or Gitea',
    description:
      'Its URL is what the application there has as redirect URI. The session begins as with a token, and ends with it. ' +
      'Browsers are sent to the console also when the login failed, with `login_error`.',
    query: OAuthCallbackQuery,
    replies: { 302: { description: 'To the console.', headers: SET_COOKIE } },
    errors: {
      ...OAUTH_ERRORS,
      400: INVALID,
      401: 'The login was not begun in this browser, was refused, or its token is (`OAUTH_REFUSED`).',
      403: 'The caller has no right here.',
      429: TOO_MANY,
      504: 'It took too long and was given up.',
    },
  },
  logOut: {
    id: 'Session_LogOut',
    method: 'DELETE',
    path: paths.session,
    access: 'open',
    summary: 'End the session of the browser',
    description: 'Removes the cookie; the token stays as it is.',
    headers: CONSOLE_HEADERS,
    replies: { 200: json('There is no session.', SessionReply, SET_COOKIE) },
    errors: SESSION_ERRORS,
  },
  getCaller: {
    id: 'Server_GetCaller',
    method: 'GET',
    path: paths.caller,
    access: 'reader',
    summary: 'Show the caller and its role',
    replies: { 200: json('The caller.', CallerReply) },
  },
} as const satisfies Readonly<Record<string, Operation>>;
