import { message } from '../../messages/message.ts';
import { sleep } from '../../base/async/timing.ts';
import { apiErrorOf, apiErrorOfStatus, isTransient, type KubeApiError } from './kube-error.ts';
import { isRecord, type KubeObject, textAt, valueAt } from '../../kube-objects/kube-object.ts';
import { type ResourceType, resourcePath } from '../../kube-objects/resource-types.ts';
import type { Transport, TransportStream } from '../transport/transport.ts';
import { NautesError } from '../../errors/errors.ts';

const WATCH_SECONDS = 300;
/** Bookmarks come about every minute: longer silence means that the connection is dead. */
const WATCH_SILENCE_MILLISECONDS = 150_000;
/** A single event larger than this ends the watch with an error. */
const MAXIMUM_EVENT_LENGTH = 16 * 1024 * 1024;
/** Pause before resuming after a failure, and how many in a row are borne. */
const RESUME_PAUSE_MILLISECONDS = 500;
const MAXIMUM_RESUMES = 5;

export interface WatchOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Where to begin: the `resourceVersion` of a list. */
  readonly resourceVersion: string;
  /** Only metadata in the events. */
  readonly metadataOnly?: boolean;
  /** The server ends the watch after so long, and it is resumed at once. Default: 300. */
  readonly seconds?: number;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** With `metadataOnly` only the metadata is there. */
  readonly object: KubeObject;
}

/**
 * The changes of a collection, without gaps: a watch that ends or breaks is resumed where it was (bookmarks count).
 * Ends with the signal's reason; with a `KubeApiError` that `isExpired` (410) when the server no longer knows
 * the position: list again.
 */
export async function* watchObjects(
  transport: Transport,
  type: ResourceType,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent, void, undefined> {
  let resourceVersion = options.resourceVersion;
  let failures = 0;
  while (true) {
    try {
      for await (const event of oneWatch(transport, watchPath(type, options, resourceVersion), options, signal)) {
        failures = 0;
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK') yield { type: event.type, object: event.object };
      }
    } catch (error) {
      failures += 1;
      if (signal.aborted || !isTransient(error) || failures > MAXIMUM_RESUMES) throw error;
      await sleep(RESUME_PAUSE_MILLISECONDS * failures, signal);
    }
    signal.throwIfAborted();
  }
}

interface ServerEvent {
  readonly type: WatchEvent['type'] | 'BOOKMARK';
  readonly object: KubeObject;
}

async function* oneWatch(
  transport: Transport,
  path: string,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, void, undefined> {
  const request = { method: 'GET', path, headers: { accept: acceptOf(options) } } as const;
  const stream = await transport.open(request, WATCH_SILENCE_MILLISECONDS, signal);
  try {
    if (stream.status !== 200) throw await errorOf(stream);
    for await (const line of lines(stream.body, transport.address)) yield parseEvent(line, transport.address);
  } finally {
    stream.close();
  }
}

function watchPath(type: ResourceType, options: WatchOptions, resourceVersion: string): string {
  const parameters = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(options.seconds ?? WATCH_SECONDS),
    resourceVersion,
  });
  if (options.labelSelector !== undefined) parameters.set('labelSelector', options.labelSelector);
  if (options.fieldSelector !== undefined) parameters.set('fieldSelector', options.fieldSelector);
  return `${resourcePath(type, options.namespace ?? '')}?${parameters.toString()}`;
}

function acceptOf(options: WatchOptions): string {
  const metadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
  return options.metadataOnly === true ? metadata : 'application/json';
}

async function errorOf(stream: TransportStream): Promise<KubeApiError> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream.body) {
    size += chunk.length;
    if (size > 65_536) break;
    chunks.push(chunk);
  }
  const retryAfter = stream.headers['retry-after'];
  const header = typeof retryAfter === 'string' ? retryAfter : undefined;
  return apiErrorOf(stream.status, header, Buffer.concat(chunks).toString('utf8'));
}

/** @throws KubeApiError for an event of type ERROR */
function parseEvent(line: string, address: string): ServerEvent {
  const event = parsed(line);
  if (isRecord(event) && event['type'] === 'ERROR') throw apiErrorOfStatus(event['object']);
  if (isServerEvent(event)) return event;
  throw new NautesError('ClusterResponseInvalid', { address, problem: message('ClusterResponseInvalid.watch') });
}

function isServerEvent(event: unknown): event is ServerEvent {
  const types = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'];
  return types.includes(textAt(event, 'type')) && isRecord(valueAt(event, 'object', 'metadata'));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

/** The lines of a byte stream, joined in linear time also when a line comes in many parts. */
async function* lines(body: AsyncIterable<Uint8Array>, address: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of body) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = parts.join('') + piece;
      parts = [];
      length = 0;
      if (line !== '') yield line;
    }
    parts.push(last);
    length += last.length;
    if (length > MAXIMUM_EVENT_LENGTH) {
      throw new NautesError('ClusterResponseTooLarge', { address, limit: MAXIMUM_EVENT_LENGTH });
    }
  }
}
