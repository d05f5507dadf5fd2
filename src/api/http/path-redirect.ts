/**
 * Which paths are redirected, after the original's router (gorilla/mux with StrictSlash).
 */

/** Path and query of a request target; the path is as it was sent. */
export interface Target {
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

export function splitTarget(url: string): Target {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/**
 * Where a path with empty or dot segments is redirected to; a path that is clean comes back as it is.
 * `undefined` for one that no route can have (an escaped slash in a segment, or escapes that are none).
 */
export function cleanedPath(path: string): string | undefined {
  if (!/%|\/\/|\/\./.test(path)) return path;
  if (/%2f/i.test(path)) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  const cleaned = clean(decoded);
  return cleaned === decoded ? path : encodeURI(cleaned).replace(/[?#]/g, encodeURIComponent);
}

function clean(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  const cleaned = `/${segments.join('/')}`;
  return path.endsWith('/') && cleaned !== '/' ? `${cleaned}/` : cleaned;
}

/** The body that Go's redirects have for GET. */
export function redirectPage(location: string): string {
  const escaped = location
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('&#38;', '&amp;');
  return `<a href="${escaped}">Moved Permanently</a>.\n\n`;
}
