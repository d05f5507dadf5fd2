/** Request targets in the form that is routed: every spelling of a path leads to the same route. */

/** Path and query of a request target. */
export interface Target {
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

export function splitTarget(url: string): Target {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark) };
}

/** The segments `.` and `..`, also escaped: URLs treat `%2e` as a dot (WHATWG), and so do proxies. */
const DOT_SEGMENT = /^(?:\.|%2e)$/i;
const PARENT_SEGMENT = /^(?:\.|%2e){2}$/i;

/** Scheme and authority of a target in absolute form, as it is sent to proxies (RFC 9112, 3.2.2). */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * The target without empty and dot segments and without a trailing slash. Segments stay escaped as they were sent:
 * an escaped slash separates nothing. The original redirects instead (301), and Go's client follows such a redirect of
 * a POST or DELETE with a GET, so that its command line reports as done what was never asked for.
 */
export function cleanedTarget(url: string): string {
  const { path, query } = splitTarget(url.replace(ORIGIN, ''));
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (PARENT_SEGMENT.test(segment)) segments.pop();
    else if (segment !== '' && !DOT_SEGMENT.test(segment)) segments.push(segment);
  }
  return `/${segments.join('/')}${query}`;
}

/** True for a path that no route can have: a segment holds an escaped slash. */
export function hasEscapedSlash(path: string): boolean {
  return /%2f/i.test(path);
}
