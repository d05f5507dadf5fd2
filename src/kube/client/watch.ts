import { StringDecoder } from 'node:string_decoder';
import { NautesError } from '../../errors/errors.ts';
import { isRecord, type KubeObject, numberAt, textAt } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import { hasValidMetadata, isResourceVersion } from './object-form.ts';
import { apiErrorOf } from './kube-error.ts';

/** Longest event of a watch; etcd holds no object above 1.5 MiB. */
const MAXIMUM_EVENT_LENGTH = 8 * 1024 * 1024;

/** A watch without any event is dead after this: API servers send a bookmark every minute. */
export const WATCH_SILENCE_MILLISECONDS = 150_000;

/** How much longer than asked for a watch may last. */
export const WATCH_GRACE_MILLISECONDS = 30_000;

export interface WatchOptions {
  /** Empty or absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Changes after this version, of a list or of an earlier event. */
  readonly resourceVersion: string;
  /** The server ends the watch after so many seconds. */
  readonly seconds: number;
}

/** A change, or a bookmark: everything up to its version was sent. */
export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

const CHANGES = ['ADDED', 'MODIFIED', 'DELETED'] as const;

/** @throws KubeApiError when it is an error, NautesError `ClusterResponseInvalid` when it is no event */
export function watchEventOf(value: unknown, { apiVersion, kind }: ResourceType): WatchEvent {
  const type = textAt(value, 'type');
  const object = isRecord(value) ? value['object'] : undefined;
  if (type === 'ERROR') throw apiErrorOf(numberAt(object, 'code') ?? 500, undefined, JSON.stringify(object));
  if (type === 'BOOKMARK') {
    const resourceVersion = textAt(object, 'metadata', 'resourceVersion');
    if (!isResourceVersion(resourceVersion)) throw notAnEvent();
    return { type, resourceVersion };
  }
  const change = CHANGES.find((known) => known === type);
  if (change === undefined || !isRecord(object) || !hasValidMetadata(object['metadata'])) throw notAnEvent();
  return { type: change, object: { ...(object as unknown as KubeObject), apiVersion, kind } };
}

function notAnEvent(): NautesError {
  const problem = message('ClusterResponseInvalid.object');
  return new NautesError('ClusterResponseInvalid', { address: 'the API server', problem });
}

/** Lines out of parts that may end anywhere, within a character too. */
export class WatchLines {
  readonly #address: string;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest: string[] = [];
  #length = 0;

  constructor(address: string, onLine: (line: string) => void) {
    this.#address = address;
    this.#onLine = onLine;
  }

  push(part: Uint8Array): void {
    const [first = '', ...more] = this.#decoder.write(Buffer.from(part)).split('\n');
    this.#add(first);
    for (const text of more) {
      this.#finish();
      this.#add(text);
    }
  }

  /** A connection that ends within a line has lost the rest of it. @throws NautesError `ClusterConnectionLost` */
  end(): void {
    if (this.#length > 0) throw new NautesError('ClusterConnectionLost', { address: this.#address });
  }

  #add(text: string): void {
    this.#length += text.length;
    if (this.#length > MAXIMUM_EVENT_LENGTH) {
      throw new NautesError('ClusterResponseTooLarge', { address: this.#address, limit: MAXIMUM_EVENT_LENGTH });
    }
    if (text !== '') this.#rest.push(text);
  }

  #finish(): void {
    const line = this.#rest.join('');
    this.#rest = [];
    this.#length = 0;
    if (line.trim() !== '') this.#onLine(line);
  }
}
