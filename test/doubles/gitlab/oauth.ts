import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { User } from './model.ts';

/** An application that people may log in by. */
export interface OAuthApplication {
  readonly id: string;
  /** Absent for a public client. */
  readonly secret?: string;
  readonly redirectUri: string;
}

/** How the double makes tokens. */
export interface OAuthTokens {
  readonly token: (user: User, options: { readonly scopes: readonly string[]; readonly kind: 'oauth' }) => string;
}

interface Grant {
  readonly application: OAuthApplication;
  readonly user: User;
  readonly scopes: readonly string[];
  readonly challenge: string;
}

/** Seconds that a token of OAuth lives. */
export const OAUTH_TOKEN_SECONDS = 7200;

/** Login by OAuth as GitLab has it (RFC 6749, 4.1, and RFC 7636): the person who is signed in agrees at once. */
export class OAuthFrontend {
  readonly applications: OAuthApplication[] = [];
  /** Who is signed in in the browser; without one the login is denied. */
  user: User | undefined;
  readonly #tokens: OAuthTokens;
  readonly #grants = new Map<string, Grant>();

  constructor(tokens: OAuthTokens) {
    this.#tokens = tokens;
  }

  /** @returns whether the request was one of OAuth's */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && url.pathname === '/oauth/authorize') this.#authorize(url.searchParams, response);
    else if (request.method === 'POST' && url.pathname === '/oauth/token') {
      const body = Buffer.concat(await request.toArray()).toString();
      const [status, answer] = this.#exchange(new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } else return false;
    return true;
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const given = (name: string): string => query.get(name) ?? '';
    const application = this.applications.find(({ id }) => id === given('client_id'));
    if (application === undefined || application.redirectUri !== given('redirect_uri')) {
      response.writeHead(400).end('The redirect URI included is not valid.');
      return;
    }
    const target = new URL(application.redirectUri);
    target.searchParams.set('state', given('state'));
    const isSound = given('response_type') === 'code' && given('code_challenge_method') === 'S256';
    if (this.user === undefined || !isSound) target.searchParams.set('error', 'access_denied');
    else {
      const code = randomBytes(16).toString('hex');
      const scopes = given('scope').split(' ');
      this.#grants.set(code, { application, user: this.user, scopes, challenge: given('code_challenge') });
      target.searchParams.set('code', code);
    }
    response.writeHead(302, { location: target.href }).end();
  }

  #exchange(form: URLSearchParams): readonly [status: number, answer: object] {
    const given = (name: string): string => form.get(name) ?? '';
    const grant = this.#grants.get(given('code'));
    this.#grants.delete(given('code')); // good once
    const challenge = createHash('sha256').update(given('code_verifier')).digest('base64url');
    const isGood =
      grant !== undefined &&
      given('grant_type') === 'authorization_code' &&
      grant.application.id === given('client_id') &&
      grant.application.redirectUri === given('redirect_uri') &&
      grant.challenge === challenge;
    if (!isGood) return [400, { error: 'invalid_grant', error_description: 'The provided grant is invalid.' }];
    if ((grant.application.secret ?? '') !== given('client_secret')) {
      return [401, { error: 'invalid_client', error_description: 'Client authentication failed.' }];
    }
    const token = this.#tokens.token(grant.user, { scopes: grant.scopes, kind: 'oauth' });
    return [
      200,
      { access_token: token, token_type: 'Bearer', expires_in: OAUTH_TOKEN_SECONDS, scope: grant.scopes.join(' ') },
    ];
  }
}
