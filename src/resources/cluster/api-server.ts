import { isIP } from 'node:net';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** Longest accepted address of an API server. */
export const MAXIMUM_API_SERVER_LENGTH = 300;

/** The parsed address of an API server. */
export interface ApiServerAddress {
  /** `https://host:port` and its path, always with the port. */
  readonly url: string;
  /** Host name, or IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** True when the host is an IP address. */
  readonly isIp: boolean;
  /** Below which it answers, behind proxies such as Rancher: `/k8s/clusters/c-1`. Empty for most. */
  readonly path: string;
}

/**
 * Parses an API server's address into its normal form: short and octal forms of IPv4 written out, no slash at the end of
 * the path and no dot at the end of the host.
 * @throws NautesError `ApiServerInvalid` for anything but https, with user, query or fragment, or a bad host, port or path
 */
export function parseApiServer(text: string): ApiServerAddress {
  const { address, problem } = readApiServer(text);
  if (address === undefined) throw new NautesError('ApiServerInvalid', { problem });
  return address;
}

/** An address, or what is wrong with the text. */
export type ApiServerReading =
  | { readonly address: ApiServerAddress; readonly problem?: undefined }
  | { readonly address?: undefined; readonly problem: Message };

/** Reads `https://host[:port][/path]`. */
export function readApiServer(text: string): ApiServerReading {
  const problem = textProblem(text);
  if (problem !== undefined) return { problem };
  const url = new URL(text);
  const urlProblem = problemOf(url);
  if (urlProblem !== undefined) return { problem: urlProblem };
  const port = portOf(url);
  const host = hostOf(url);
  const path = pathOf(url);
  const authority = `${url.hostname.replace(/\.$/, '')}:${port}`;
  return { address: { url: `https://${authority}${path}`, host, port, isIp: isIP(host) !== 0, path } };
}

function textProblem(text: string): Message | undefined {
  if (text === '') return message('ApiServerInvalid.missing');
  if (text.length > MAXIMUM_API_SERVER_LENGTH) {
    return message('ApiServerInvalid.tooLong', { maximum: MAXIMUM_API_SERVER_LENGTH });
  }
  if (/[\s\\]/.test(text) || hasControlCharacters(text)) return message('ApiServerInvalid.characters');
  if (/^[^:/?#]+(?::\d+)?(?:\/|$)/.test(text)) return message('ApiServerInvalid.noScheme');
  return URL.canParse(text) ? undefined : message('ApiServerInvalid.form');
}

function problemOf(url: URL): Message | undefined {
  const { protocol, username, password, search, hash } = url;
  if (protocol !== 'https:') return message('ApiServerInvalid.scheme', { scheme: protocol.slice(0, -1) });
  if (username !== '' || password !== '') return message('ApiServerInvalid.account');
  if (search !== '' || hash !== '') return message('ApiServerInvalid.query');
  if (/\/(?:\/|%2f)/i.test(url.pathname)) return message('ApiServerInvalid.path');
  if (portOf(url) === 0) return message('ApiServerInvalid.port');
  return /(?:^|\.)$/.test(hostOf(url)) ? message('ApiServerInvalid.form') : undefined;
}

function portOf({ port }: URL): number {
  return port === '' ? 443 : Number(port);
}

/** Without the brackets of IPv6, and without the dot that ends a full name. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$|\.$/g, '');
}

function pathOf({ pathname }: URL): string {
  return pathname.replace(/\/+$/, '');
}

function hasControlCharacters(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/**
 * A domain of which every host name resolves to the IP address: `127.0.1.1.nip.io`, `2001-db8-0-0-0-0-0-1.sslip.io`.
 * nip.io has IPv4 only. IPv6 is written out: short forms such as `::1` would make labels that begin with a hyphen.
 */
export function wildcardDomain(ip: string): string {
  return isIP(ip) === 4 ? `${ip}.nip.io` : `${ipv6Groups(ip).join('-')}.sslip.io`;
}

/** The eight groups of an IPv6 address in any form, without its zone. */
function ipv6Groups(ip: string): readonly string[] {
  const normal = hostOf(new URL(`https://[${ip.replace(/%.*$/, '')}]`));
  const [before = [], after = []] = normal.split('::').map((part) => (part === '' ? [] : part.split(':')));
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}
