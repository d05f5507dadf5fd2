import { isIP } from 'node:net';
import { NautesError } from '../../errors/errors.ts';

/** Longest address of an API server that is accepted. */
export const MAXIMUM_API_SERVER_LENGTH = 300;

/** An API server's address in its parts. */
export interface ApiServerAddress {
  /** `https://host:port`, the port written out also when it is 443. */
  readonly url: string;
  /** Host name, or IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** True when the host is an IP address. */
  readonly isIp: boolean;
}

/**
 * The address of an API server in its normal form (short and octal forms of IPv4 written out).
 * @throws NautesError `ApiServerInvalid` for anything but https, with user, path, query or fragment, or a bad host or port
 */
export function parseApiServer(text: string): ApiServerAddress {
  const address = readApiServer(text);
  if (typeof address === 'string') throw new NautesError('ApiServerInvalid', { problem: address });
  return address;
}

/** Reads `https://host[:port][/]`; a string instead of an address says what is wrong with it. */
export function readApiServer(text: string): ApiServerAddress | string {
  if (text === '') return 'the address of the API server is missing';
  if (text.length > MAXIMUM_API_SERVER_LENGTH)
    return `the address has more than ${MAXIMUM_API_SERVER_LENGTH} characters`;
  if (/[\s\\]/.test(text) || hasControlCharacters(text)) return 'the address contains characters that no URL has';
  if (!URL.canParse(text)) return 'the address is not a URL';
  const url = new URL(text);
  if (url.protocol !== 'https:')
    return `the scheme is ${url.protocol.slice(0, -1)}, only https keeps credentials secret`;
  if (url.username !== '' || url.password !== '') return 'the address contains a user name or password';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'the address has more than host and port';
  const port = url.port === '' ? 443 : Number(url.port);
  if (port === 0) return 'port 0 cannot be connected to';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host.endsWith('.')) return 'the host name ends with a dot';
  return { url: `https://${url.hostname}:${port}`, host, port, isIp: isIP(host) !== 0 };
}

function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** The host name under which nip.io resolves to the IP address, e.g. `127.0.1.1.nip.io`, `2001-db8--1.nip.io`. */
export function nipDomain(ip: string): string {
  return `${ip.replaceAll(':', '-')}.nip.io`;
}
