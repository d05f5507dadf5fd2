import type { FastifyRequest } from 'fastify';
import { isSecure } from './cookies.ts';

/** Only a script of our own origin can send it: preflights of others are not answered, and `no-cors` removes it. */
export const CONSOLE_HEADER = 'x-nautes-console';

/**
 * Whether a request comes from a page of this server: the header of our console, and where browsers send them, a fitting
 * `Sec-Fetch-Site` and `Origin`. `SameSite` alone does not separate the ports of a host, and over plain HTTP browsers send
 * `Sec-Fetch-Site` to loopback addresses only.
 */
export function isFromOwnPage(request: Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>): boolean {
  const { [CONSOLE_HEADER]: header, 'sec-fetch-site': site = 'same-origin', origin } = request.headers;
  return header === '1' && site === 'same-origin' && (origin === undefined || isOwnOrigin(request, origin));
}

/** The same host and port. A proxy may end TLS without saying so: `https` is then as good. */
function isOwnOrigin(request: Pick<FastifyRequest, 'headers' | 'host' | 'protocol'>, origin: string): boolean {
  const [theirs, ours] = [parsed(origin), request.host];
  if (theirs === undefined || (isSecure(request) && theirs.protocol !== 'https:')) return false;
  return theirs.host === parsed(`${theirs.protocol}//${ours}`)?.host;
}

function parsed(url: string): URL | undefined {
  const found = URL.parse(url);
  return found !== null && /^https?:$/.test(found.protocol) ? found : undefined;
}
