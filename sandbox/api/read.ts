import { type JsonValue, numberAt, stringAt } from '../base/json.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { qualifiedName } from '../base/names.ts';
import { badRequest, expired, tooManyRequests } from '../base/status-error.ts';
import { labelsOf, type StoredObject } from '../store/stored-object.ts';
import { sendText } from './exchange.ts';
import { representationOf, representList } from './representation.ts';
import type { ResourceRequest } from './resource-request.ts';
import { parseFieldSelector, parseLabelSelector } from '../resources/selectors.ts';
import { streamWatch } from './watch.ts';

/** Whether the selectors of the query and the name of the path match an object. */
export function matcherOf(request: ResourceRequest): (object: StoredObject) => boolean {
  const { exchange, cluster, resource, path } = request;
  const labels = parseLabelSelector(exchange.query.get('labelSelector') ?? '');
  const nameSelector = path.name === '' ? '' : `metadata.name=${path.name}`;
  const selector = [exchange.query.get('fieldSelector') ?? '', nameSelector].filter((part) => part !== '').join(',');
  const fields = parseFieldSelector(selector);
  return (object) =>
    (labels === undefined || labels(labelsOf(object))) &&
    (fields === undefined || fields(cluster.objects.read(resource, object)));
}

/** The position of a paged list. */
interface ContinueToken {
  readonly key: string;
  readonly version: number;
  /** `namespace/name` of the last item that was sent. */
  readonly after: string;
}

function readContinue(cluster: ClusterState, text: string): ContinueToken {
  let value: JsonValue;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString()) as JsonValue;
  } catch {
    throw badRequest('continue key is not valid: the token cannot be decoded');
  }
  const version = numberAt(value, 'version') ?? 0;
  if (stringAt(value, 'key') !== cluster.continueKey) throw badRequest('continue key is not valid');
  if (cluster.store.changesSince(version) === undefined) {
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  return { key: cluster.continueKey, version, after: stringAt(value, 'after') ?? '' };
}

function checkStorage({ cluster, resource }: ResourceRequest): void {
  if (resource.custom === undefined || !cluster.behaviour.storageInitialization) return;
  const name = qualifiedName(resource);
  if (cluster.initializedStorage.has(name)) return;
  cluster.initializedStorage.add(name);
  throw tooManyRequests('storage is (re)initializing', 1);
}

export function answerList(request: ResourceRequest): void {
  const { cluster, exchange, resource, path } = request;
  checkStorage(request);
  const { query } = exchange;
  const token = query.get('continue') ?? '';
  const position = token === '' ? undefined : readContinue(cluster, token);
  const limit = Number(query.get('limit') ?? 0);
  const matches = matcherOf(request);
  const found = cluster.objects
    .list(resource, path.namespace)
    .filter((object) => matches(object) && (position === undefined || keyOf(object) > position.after));
  const page = limit > 0 ? found.slice(0, limit) : found;
  const version = position?.version ?? cluster.store.version;
  const last = page.at(-1);
  const rest = found.length - page.length;
  const next: ContinueToken = { key: cluster.continueKey, version, after: last === undefined ? '' : keyOf(last) };
  const metadata = {
    resourceVersion: String(version),
    ...(rest === 0
      ? {}
      : { continue: Buffer.from(JSON.stringify(next)).toString('base64url'), remainingItemCount: rest }),
  };
  const form = representationOf(exchange);
  const text = representList(resource, page, form, metadata, query.get('includeObject') ?? 'Metadata');
  sendText(exchange.response, 200, text);
}

function keyOf(object: StoredObject): string {
  return `${object.namespace}/${object.name}`;
}

/** The API server ends watches without a timeout after 30 to 60 minutes. */
const DEFAULT_WATCH_SECONDS = 1800;

export function answerWatch(request: ResourceRequest): void {
  const { cluster, exchange, resource, path } = request;
  checkStorage(request);
  const { query } = exchange;
  const version = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents') === 'true';
  const since = version === '' || version === '0' ? undefined : Number(version);
  if (since !== undefined && !Number.isInteger(since)) {
    throw badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing "${version}": invalid syntax`,
    );
  }
  cluster.counters.openWatches++;
  const options = {
    resource,
    namespace: path.namespace,
    matches: matcherOf(request),
    form: representationOf(exchange),
    includeObject: query.get('includeObject') ?? 'Metadata',
    since: initial ? undefined : since,
    sendInitialEvents: initial,
    bookmarks: query.get('allowWatchBookmarks') === 'true',
    timeoutMilliseconds: Number(query.get('timeoutSeconds') ?? DEFAULT_WATCH_SECONDS) * 1000,
    bookmarkIntervalMilliseconds: cluster.behaviour.bookmarkIntervalMilliseconds,
  };
  streamWatch(cluster.store, cluster.timers, exchange.response, options, () => cluster.counters.openWatches--);
}
