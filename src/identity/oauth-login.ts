import { action } from '../messages/action.ts';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import type { HostClient } from '../git-host/index.ts';
import { quoted } from '../messages/message.ts';

/** How GitLab or Gitea logs people in (RFC 6749, 4.1, with PKCE, RFC 7636). */
interface OAuthHost {
  readonly authorizePath: string;
  readonly tokenPath: string;
  /** What tokens of callers need, see the guide on GitLab and Gitea. */
  readonly scope: string;
}

const HOSTS: Readonly<Record<'gitlab' | 'gitea', OAuthHost>> = {
  gitlab: { authorizePath: '/oauth/authorize', tokenPath: '/oauth/token', scope: 'read_api write_repository' },
  gitea: {
    authorizePath: '/login/oauth/authorize',
    tokenPath: '/login/oauth/access_token',
    scope: 'read:user write:repository',
  },
};

/** Longest token that is taken from an answer of OAuth. */
const MAXIMUM_TOKEN_LENGTH = 4096;

/** Longest text of an error that is taken from an answer of OAuth. */
const MAXIMUM_ERROR_LENGTH = 200;

/** Longest life of a token of OAuth that is believed, in seconds. */
const MAXIMUM_LIFE_SECONDS = 365 * 24 * 60 * 60;

export interface OAuthLoginOptions {
  readonly provider: 'gitlab' | 'gitea';
  readonly client: HostClient;
  readonly clientId: string;
  /** Read at each exchange, so that it can be replaced; absent for a public client. */
  readonly clientSecret?: (signal: AbortSignal) => Promise<Secret>;
}

/** What a browser is sent to the login with. */
export interface OAuthRequest {
  readonly state: string;
  /** BASE64URL(SHA-256(verifier)). */
  readonly challenge: string;
  readonly redirectUri: string;
}

/** What it comes back with, and what only this server knows. */
export interface OAuthGrant {
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

export interface OAuthToken {
  readonly token: Secret;
  /** Absent when it is not told. */
  readonly expiresInSeconds?: number;
}

/** Login by GitLab or Gitea. */
export class OAuthLogin {
  readonly provider: 'gitlab' | 'gitea';
  readonly #options: OAuthLoginOptions;

  constructor(options: OAuthLoginOptions) {
    this.provider = options.provider;
    this.#options = options;
  }

  /** Where a browser logs in. */
  readonly authorizeUrl = ({ state, challenge, redirectUri }: OAuthRequest): string => {
    const { authorizePath, scope } = HOSTS[this.provider];
    const query = new URLSearchParams({
      client_id: this.#options.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope,
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    return `${this.#options.client.url}${authorizePath}?${query.toString()}`;
  };

  /** @throws NautesError `OAuthRefused`, and those of the client */
  readonly exchange = async ({ code, verifier, redirectUri }: OAuthGrant, signal: AbortSignal): Promise<OAuthToken> => {
    const { client, clientId, clientSecret } = this.#options;
    const secret = await clientSecret?.(signal);
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...(secret && { client_secret: secret.reveal() }),
    });
    const { status, json } = await client.sendForm(HOSTS[this.provider].tokenPath, new Secret(form.toString()), signal);
    const answer = membersOf(json);
    const { access_token: token, token_type: type, expires_in: life } = answer;
    const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
    if (status !== 200 || typeof token !== 'string' || token.length > MAXIMUM_TOKEN_LENGTH || !isBearer) {
      const problem = quoted(textOf(answer['error_description'] ?? answer['error'] ?? `HTTP ${status}`));
      throw new NautesError('OAuthRefused', { host: client.host, problem }, { action: action('LogInOnceMore') });
    }
    const isKnown = typeof life === 'number' && life > 0 && life <= MAXIMUM_LIFE_SECONDS;
    return { token: new Secret(token), ...(isKnown && { expiresInSeconds: life }) };
  };
}

function membersOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAXIMUM_ERROR_LENGTH) : '';
}
