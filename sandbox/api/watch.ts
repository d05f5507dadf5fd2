import type { JsonObject } from '../base/json.ts';
import { type ResourceDefinition } from '../resources/resource-definition.ts';
import { qualifiedName } from '../base/names.ts';
import { expired } from '../base/status-error.ts';
import type { Change, ChangeType, ObjectStore } from '../store/object-store.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { TimerQueue } from '../base/timers.ts';
import type { HttpResponse } from '../base/http.ts';
import { type Representation, represent } from './representation.ts';

export interface WatchOptions {
  readonly resource: ResourceDefinition;
  /** Empty: all namespaces. */
  readonly namespace: string;
  readonly matches: (object: StoredObject) => boolean;
  readonly form: Representation;
  readonly includeObject: string;
  /** Undefined: from now, with the objects that exist as ADDED. */
  readonly since: number | undefined;
  /** Whether existing objects are sent first, followed by a marked bookmark. */
  readonly sendInitialEvents: boolean;
  readonly bookmarks: boolean;
  readonly timeoutMilliseconds: number;
  readonly bookmarkIntervalMilliseconds: number;
}

/** A client that does not read is cut off when this much waits for it. */
const MAXIMUM_WAITING_BYTES = 32 * 1024 * 1024;

/** How long before its end a watch sends the last bookmark. */
const LAST_BOOKMARK_MILLISECONDS = 2_000;

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Streams the changes of a resource until the client leaves or the time is over. Calls `ended` once. */
export function streamWatch(
  store: ObjectStore,
  timers: TimerQueue,
  response: HttpResponse,
  options: WatchOptions,
  ended: () => void,
): void {
  const stream = new WatchStream(store, response, options);
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', 'no-cache, private');
  // The types of the HTTP/2 response lack the method.
  if ('flushHeaders' in response) response.flushHeaders();
  const changes = options.since === undefined ? [] : store.changesSince(options.since);
  if (changes === undefined) {
    const problem = expired(`too old resource version: ${options.since} (${store.version})`);
    stream.write('ERROR', JSON.stringify(problem.toStatus()));
    response.end();
    ended();
    return;
  }
  if (options.since === undefined || options.sendInitialEvents) stream.sendExisting();
  else for (const change of changes) stream.send(change);
  if (options.sendInitialEvents && options.bookmarks) stream.sendBookmark({ [INITIAL_EVENTS_END]: 'true' });

  const stopListening = store.listen((change) => stream.send(change));
  const stopTimer = timers.schedule(options.timeoutMilliseconds, () => response.end());
  let stopBookmark = (): void => {};
  const { bookmarkIntervalMilliseconds, timeoutMilliseconds } = options;
  const bookmark = (): void => {
    stream.sendBookmark({});
    stopBookmark = timers.schedule(bookmarkIntervalMilliseconds, bookmark);
  };
  if (options.bookmarks) stopBookmark = timers.schedule(bookmarkIntervalMilliseconds, bookmark);
  const beforeTheEnd = timeoutMilliseconds - LAST_BOOKMARK_MILLISECONDS;
  const hasLast = options.bookmarks && beforeTheEnd > 0;
  const stopLast = hasLast ? timers.schedule(beforeTheEnd, () => stream.sendBookmark({})) : (): void => {};
  response.once('close', () => {
    stopListening();
    stopTimer();
    stopBookmark();
    stopLast();
    ended();
  });
}

class WatchStream {
  readonly #store: ObjectStore;
  readonly #response: HttpResponse;
  readonly #options: WatchOptions;
  readonly #resourceName: string;

  constructor(store: ObjectStore, response: HttpResponse, options: WatchOptions) {
    this.#store = store;
    this.#response = response;
    this.#options = options;
    this.#resourceName = qualifiedName(options.resource);
  }

  sendExisting(): void {
    for (const object of this.#store.list(this.#resourceName, this.#options.namespace)) {
      if (this.#options.matches(object)) this.#sendObject('ADDED', object);
    }
  }

  /** An object that begins or ends to match the selectors appears as added or deleted. */
  send(change: Change): void {
    const { namespace, matches } = this.#options;
    if (change.resource !== this.#resourceName) return;
    if (namespace !== '' && change.object.namespace !== namespace) return;
    const matched = change.previous !== undefined && matches(change.previous);
    const matchesNow = change.type !== 'DELETED' && matches(change.object);
    if (matchesNow) this.#sendObject(matched ? 'MODIFIED' : 'ADDED', change.object);
    else if (matched) this.#sendObject('DELETED', change.object);
  }

  sendBookmark(annotations: JsonObject): void {
    const { resource, form } = this.#options;
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    const type =
      form === 'object'
        ? { kind: resource.kind, apiVersion }
        : { kind: form === 'table' ? 'Table' : 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
    const marks = Object.keys(annotations).length === 0 ? {} : { annotations };
    const metadata = { resourceVersion: String(this.#store.version), creationTimestamp: null, ...marks };
    this.write('BOOKMARK', JSON.stringify({ ...type, metadata, ...(form === 'table' ? { rows: [] } : {}) }));
  }

  #sendObject(type: ChangeType, object: StoredObject): void {
    this.write(type, represent(this.#options.resource, object, this.#options.form, this.#options.includeObject));
  }

  write(type: ChangeType | 'BOOKMARK' | 'ERROR', object: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    // Both kinds of response are writable streams; their types do not have a common write().
    (this.#response as NodeJS.WritableStream).write(`{"type":"${type}","object":${object}}\n`);
    if (this.#response.writableLength > MAXIMUM_WAITING_BYTES) this.#response.end();
  }
}
