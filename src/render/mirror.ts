import { isAbsolute, join, resolve } from 'node:path';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';

/**
 * Copies of remote sources, laid out by host and path like those of `wget -x`:
 * `https://example.org/a/install.yaml` is `<mirror>/example.org/a/install.yaml`. Two sources never share a path.
 */
export type Mirror =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

/**
 * Parses the setting: a directory, an https URL, or an http URL of a loopback address (such as a port forward).
 * @throws NautesError `ConfigurationInvalid`
 */
export function readMirror(setting: string): Mirror {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(setting)) {
    return { kind: 'directory', path: isAbsolute(setting) ? setting : resolve(setting) };
  }
  const url = URL.canParse(setting) ? new URL(setting) : undefined;
  const isUsable = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === undefined || !isUsable || url.search !== '' || url.hash !== '' || url.username !== '') {
    const problem = message('About.name', { name: 'catalog.mirror', what: message('ConfigurationInvalid.mirror') });
    throw new NautesError('ConfigurationInvalid', { problem });
  }
  return { kind: 'url', url: url.href.replace(/\/+$/, '') };
}

/** The location of an https URL's copy in the mirror: a file or a URL. */
export function mirroredLocation(mirror: Mirror, location: string): string {
  const { host, pathname } = new URL(location);
  // URL has resolved `..` in the path, and a host has no slash: the copy is always below the mirror.
  return mirror.kind === 'url' ? `${mirror.url}/${host}${pathname}` : join(mirror.path, host, pathname);
}

/** True for host names that are loopback. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
