/** What the path of a request names; see "Resource URIs" in the Kubernetes API concepts. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  /** Empty for cluster-scoped resources and lists of all namespaces. */
  readonly namespace: string;
  readonly plural: string;
  /** Empty for collections. */
  readonly name: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** The old form of a watch: `/api/v1/watch/…`. */
  readonly watch: boolean;
}

/** The resource of a path, or undefined for discovery and other paths without a resource. */
export function parseResourcePath(pathname: string): ResourcePath | undefined {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const prefix = segments.shift();
  if (prefix !== 'api' && prefix !== 'apis') return undefined;
  const group = prefix === 'apis' ? (segments.shift() ?? '') : '';
  const version = segments.shift();
  const watch = segments[0] === 'watch';
  if (watch) segments.shift();
  if (version === undefined || segments.length === 0) return undefined;
  return { group, version, watch, ...objectPath(segments.map(decode)) };
}

function objectPath(parts: readonly string[]): Pick<ResourcePath, 'namespace' | 'plural' | 'name' | 'subresource'> {
  const isNamespaced = parts[0] === 'namespaces' && parts.length > 2 && !NAMESPACE_SUBRESOURCES.has(parts[2] ?? '');
  const [plural = '', name = '', subresource = ''] = isNamespaced ? parts.slice(2) : parts;
  return { namespace: isNamespaced ? (parts[1] ?? '') : '', plural, name, subresource };
}

const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
