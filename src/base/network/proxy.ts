import { BlockList, isIP } from 'node:net';
import { classifyAddress } from './address-class.ts';
import { Secret } from '../secret.ts';

/** A proxy that tunnels connections (`CONNECT`, RFC 9110 section 9.3.6). */
export interface Proxy {
  readonly protocol: 'http:' | 'https:';
  /** Name or IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: Secret;
}

/** The proxy for connections to an address, or `undefined` for a direct one. */
export type ProxyChoice = (url: URL) => Proxy | undefined;

export interface ProxySettings {
  /** For `https:`, and for `http:`; absent: direct. */
  readonly https: Proxy | undefined;
  readonly http: Proxy | undefined;
  /** Entries as in `NO_PROXY`. */
  readonly exceptions: readonly string[];
}

/** Never a proxy. */
export const noProxy: ProxyChoice = () => undefined;

/** `host:port`, for messages. */
export function proxyName({ host, port }: Pick<Proxy, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** As a URL without credentials; equal for equal proxies. */
export function proxyAddress(proxy: Pick<Proxy, 'protocol' | 'host' | 'port'>): string {
  return `${proxy.protocol}//${proxyName(proxy)}`;
}

/** As a URL with the credentials in it, for programs that want one. */
export function proxyUrl(proxy: Proxy): string {
  const pair = Buffer.from((proxy.authorization?.reveal() ?? '').replace(/^Basic /, ''), 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const user =
    colon < 0 ? '' : `${encodeURIComponent(pair.slice(0, colon))}:${encodeURIComponent(pair.slice(colon + 1))}@`;
  return `${proxy.protocol}//${user}${proxyName(proxy)}`;
}

/**
 * Reads the URL of a proxy; its user and password become the authorization.
 * @returns why it is none: the scheme, or the text itself
 */
export function readProxy(text: string): Proxy | 'scheme' | 'invalid' {
  // As curl and Go have it, a proxy without a scheme is one of HTTP.
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) return 'invalid';
  const { protocol, hostname, port, username, password } = new URL(full);
  if (protocol !== 'http:' && protocol !== 'https:') return 'scheme';
  if (hostname === '') return 'invalid';
  const place: Proxy = {
    protocol,
    host: withoutBrackets(hostname),
    port: Number(port || (protocol === 'http:' ? 80 : 443)),
  };
  if (username === '') return place;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { ...place, authorization: basicAuthorization(new Secret(pair)) };
}

/** @param pair `user:password` */
export function basicAuthorization(pair: Secret): Secret {
  return new Secret(`Basic ${Buffer.from(pair.reveal()).toString('base64')}`);
}

/**
 * Which proxy an address is reached by, as Go's `httpproxy` decides it: loopback addresses directly, an exception `a.b`
 * for itself and what is below, `.a.b` for what is below, addresses and networks for IP addresses, each with a port or
 * without, `*` for everything.
 */
export function proxyChoice({ https, http, exceptions }: ProxySettings): ProxyChoice {
  const matchers = exceptions.map((each) => each.trim().toLowerCase()).flatMap((each) => (each ? matcherOf(each) : []));
  return (url) => {
    const proxy = url.protocol === 'https:' ? https : http;
    if (proxy === undefined) return undefined;
    const host = withoutBrackets(url.hostname.toLowerCase()).replace(/\.$/, '');
    if (host === 'localhost' || (isIP(host) !== 0 && classifyAddress(host) === 'loopback')) return undefined;
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    return matchers.some((matches) => matches(host, port)) ? undefined : proxy;
  };
}

type Matcher = (host: string, port: number) => boolean;

function matcherOf(exception: string): Matcher {
  if (exception === '*') return () => true;
  const network = networkMatcher(exception);
  if (network !== undefined) return network;
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(exception) ?? [];
  const address = withoutBrackets(name);
  const fits = isIP(address) !== 0 ? (host: string) => host === address : nameMatcher(name);
  return (host, at) => (port === undefined || Number(port) === at) && fits(host);
}

function nameMatcher(name: string): (host: string) => boolean {
  const below = name.replace(/^\*?\./, '.');
  if (below.startsWith('.')) return (host) => host.endsWith(below);
  return (host) => host === name || host.endsWith(`.${name}`);
}

/** For an IP address alone, which a port must not be taken from, and for a network. */
function networkMatcher(exception: string): Matcher | undefined {
  const [address = '', length] = exception.split('/');
  const family = isIP(address);
  if (family === 0) return undefined;
  const bits = length === undefined ? (family === 4 ? 32 : 128) : Number(length);
  if (!Number.isInteger(bits) || bits > (family === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => {
    const kind = isIP(host);
    return kind !== 0 && list.check(host, kind === 4 ? 'ipv4' : 'ipv6');
  };
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
