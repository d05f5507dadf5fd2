import { NautesError } from '../base/errors.ts';

/** Longer addresses are refused. */
export const MAXIMUM_SERVER_URL_LENGTH = 300;

/**
 * The address of an API server in its normal form `https://host[:port]` (port 443 is left out, a `/` at the end is
 * dropped, short and octal forms of IPv4 are written out).
 * @throws NautesError `ApiServerInvalid` for anything but https, with user, path, query or fragment, or a bad host or port
 */
export function parseServerUrl(text: string): string {
  const problem = serverUrlProblem(text);
  if (problem !== undefined) throw new NautesError('ApiServerInvalid', { problem });
  return new URL(text).origin;
}

function serverUrlProblem(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (text.length > MAXIMUM_SERVER_URL_LENGTH) return `it has more than ${MAXIMUM_SERVER_URL_LENGTH} characters`;
  // The URL parser would silently drop or convert these.
  if (!/^[\x21-\x7e]+$/.test(text)) return 'it has characters other than visible ASCII ones';
  if (text.includes('\\')) return 'it has a backslash';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'it is not a URL with a valid host and port';
  if (url.protocol !== 'https:') return 'it does not begin with https://';
  if (!text.slice(0, 8).toLowerCase().startsWith('https://')) return 'it does not begin with https://';
  if (url.username !== '' || url.password !== '' || text.includes('@')) return 'it has a user name or password';
  if (url.search !== '' || text.includes('?')) return 'it has a query';
  if (url.hash !== '' || text.includes('#')) return 'it has a fragment';
  if (url.pathname !== '/') return 'it has a path';
  if (url.port === '0') return 'port 0 is not a port';
  return hostNameProblem(url.hostname);
}

function hostNameProblem(host: string): string | undefined {
  if (host.startsWith('[')) return undefined;
  if (host.length > 253) return 'its host name has more than 253 characters';
  const labels = host.replace(/\.$/, '').split('.');
  const wrong = labels.some((label) => !/^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?$/.test(label));
  return wrong ? 'its host is not a host name or IP address' : undefined;
}
