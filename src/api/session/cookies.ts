import type { FastifyRequest } from 'fastify';

/** Longest cookie of ours that is looked at: a sealed token of {@link MAXIMUM_SESSION_TOKEN_LENGTH}. */
export const MAXIMUM_COOKIE_LENGTH = 3 * 1024;

/** Longest token that a session can hold: browsers keep cookies of 4 KiB at most. */
export const MAXIMUM_SESSION_TOKEN_LENGTH = 2 * 1024;

/** Who sent a request and to which address, as the proxies say that are trusted. */
type Addressed = Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>;

/**
 * Name of the session's cookie. Cookies are shared by all ports of a host, so that without TLS the port is in the name;
 * with TLS no other host can set it (`__Host-`, RFC 6265bis).
 */
export function sessionCookieName(request: Addressed): string {
  return isSecure(request) ? '__Host-nautes' : `nautes-${portOf(request)}`;
}

/** The same for the time of a login by OAuth. */
export function loginCookieName(request: Addressed): string {
  return isSecure(request) ? '__Host-nautes-login' : `nautes-login-${portOf(request)}`;
}

export interface CookieOptions {
  /** Seconds; 0 removes the cookie. */
  readonly maxAge: number;
  readonly sameSite: 'Strict' | 'Lax';
}

/** The header that sets a cookie which no script reads. */
export function setCookie(
  request: Addressed,
  name: string,
  value: string,
  { maxAge, sameSite }: CookieOptions,
): string {
  const secure = isSecure(request) ? '; Secure' : '';
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAge}${secure}`;
}

/** The value of a cookie; `undefined` when there is none, or one that is none of ours. */
export function readCookie({ headers }: Addressed, name: string): string | undefined {
  for (const pair of (headers.cookie ?? '').split(';')) {
    const mark = pair.indexOf('=');
    if (mark === -1 || pair.slice(0, mark).trim() !== name) continue;
    const value = pair.slice(mark + 1).trim();
    return value === '' || value.length > MAXIMUM_COOKIE_LENGTH ? undefined : value;
  }
  return undefined;
}

/** Whether browsers speak TLS with us, or with a trusted proxy before us. */
export function isSecure({ protocol }: Addressed): boolean {
  return protocol === 'https';
}

function portOf({ host }: Addressed): string {
  return /:(\d{1,5})$/.exec(host)?.[1] ?? '80';
}
