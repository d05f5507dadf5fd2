import { NautesError } from '../../errors/errors.ts';
import { sleep } from '../../base/async/timing.ts';
import { FIELD_MANAGER, type KubeObject, listAt, type ObjectHead, textAt } from '../../kube-objects/kube-object.ts';
import { ListLimits } from './list-limits.ts';
import { checkShape, MAXIMUM_PAGE_BYTES } from '../transport/answer-limits.ts';
import { parseInSlices } from '../../base/network/json-slices.ts';
import { invalidJson } from './invalid-json.ts';
import { digestOfItems } from './list-digest.ts';
import {
  WATCH_GRACE_MILLISECONDS,
  WATCH_SILENCE_MILLISECONDS,
  type WatchEvent,
  watchEventOf,
  WatchLines,
  type WatchOptions,
} from './watch.ts';
import type { AnswerHead } from '../transport/answer-handler.ts';
import type { PipelinedRead } from '../transport/answer-sinks.ts';
import { type ObjectList, undefinedWhenAbsent, collect, asObject, withType, asHead } from './object-replies.ts';
import {
  type ObjectName,
  type ListOptions,
  type WriteOptions,
  type ApplyOptions,
  type DeleteOptions,
  type PatchKind,
  type RawRequest,
  JSON_TYPE,
  PATCH_TYPES,
  ACCEPT_HEAD,
  ACCEPT_HEAD_LIST,
  encoded,
  headsRequest,
  listPath,
  preconditions,
  applyRequest,
  pathOf,
} from './object-requests.ts';
import { query, readPauseAfter, throwUnlessSuccess } from './requests.ts';
import { type ResourceType, resourcePath } from '../../kube-objects/resource-types.ts';
import { Transport, type TransportResponse } from '../transport/transport.ts';
import type { TransportOptions } from '../transport/options.ts';

/** Metadata of a list that is parsed only when it is asked for. */
export interface UnparsedHeads {
  /** Equal to that of an earlier list of the same when no object has changed; absent for a list of several pages. */
  readonly digest: string | undefined;
  readonly heads: () => Promise<readonly ObjectHead[]>;
}

/**
 * The Kubernetes API of one cluster. Methods throw `KubeApiError` for an answer other than success and other
 * NautesErrors when there was no answer; a signal that aborts rejects with its reason.
 */
export class KubeClient {
  readonly #transport: Transport;

  constructor(options: TransportOptions) {
    this.#transport = new Transport(options);
  }

  /** `host:port` */
  get address(): string {
    return this.#transport.address;
  }

  async get(type: ResourceType, name: ObjectName, signal: AbortSignal): Promise<KubeObject> {
    return asObject(await this.#json({ method: 'GET', path: pathOf(type, name) }, signal));
  }

  /** The object, or `undefined` when it is not there. */
  async find(type: ResourceType, name: ObjectName, signal: AbortSignal): Promise<KubeObject | undefined> {
    return await undefinedWhenAbsent(this.get(type, name, signal));
  }

  /** Its metadata, or `undefined` when it is not there. */
  async findHead(type: ResourceType, name: ObjectName, signal: AbortSignal): Promise<ObjectHead | undefined> {
    const request: RawRequest = { method: 'GET', path: pathOf(type, name), accept: ACCEPT_HEAD };
    const found = await undefinedWhenAbsent(this.#json(request, signal));
    return found === undefined ? undefined : asHead(found, type);
  }

  async list(type: ResourceType, options: ListOptions, signal: AbortSignal): Promise<ObjectList<KubeObject>> {
    return await collect(this.#pages(type, options, JSON_TYPE, signal), (item) => withType(item, type), options.limit);
  }

  /** Metadata only: a fraction of the bytes where objects are large. */
  async listHeads(type: ResourceType, options: ListOptions, signal: AbortSignal): Promise<ObjectList<ObjectHead>> {
    const pages = this.#pages(type, options, ACCEPT_HEAD_LIST, signal);
    return await collect(pages, (item) => asHead(item, type), options.limit);
  }

  /** As {@link listHeads}, for one who may only need to know whether anything has changed. */
  async listHeadsUnparsed(
    type: ResourceType,
    options: Pick<ListOptions, 'labelSelector'>,
    signal: AbortSignal,
  ): Promise<UnparsedHeads> {
    const answer = await this.#transport
      .requestBytes(encoded(headsRequest(type, options)), signal)
      .catch((error: unknown) => {
        if (signal.aborted || readPauseAfter(error, 1) === undefined) throw error;
        return undefined;
      });
    const digest = answer?.status === 200 ? digestOfItems(answer.bytes) : undefined;
    if (answer === undefined || digest === undefined) {
      return { digest: undefined, heads: async () => (await this.listHeads(type, options, signal)).items };
    }
    return { digest, heads: () => this.#headsOf(answer.bytes, type) };
  }

  /** Reads that are asked for at once, on one connection. @returns their statuses and headers, in their order */
  async readAll(reads: readonly PipelinedRead[], signal: AbortSignal): Promise<readonly AnswerHead[]> {
    return await this.#transport.readAll(reads, signal);
  }

  async create(
    type: ResourceType,
    object: KubeObject,
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const path = `${resourcePath(type, object.metadata.namespace ?? '')}${query({
      fieldManager: FIELD_MANAGER,
      dryRun: options.dryRun === true ? 'All' : undefined,
    })}`;
    return asObject(await this.#json({ method: 'POST', path, body: object }, signal));
  }

  /** Server-side apply as our field manager, forced: see docs of conflicts in `apply.ts`. Returns the merged object. */
  async apply(type: ResourceType, object: KubeObject, options: ApplyOptions, signal: AbortSignal): Promise<KubeObject> {
    return asObject(await this.#json(applyRequest(type, object, options, JSON_TYPE), signal));
  }

  /** As {@link apply}; only the metadata of the result is sent back. */
  async applyForHead(
    type: ResourceType,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<ObjectHead> {
    return asHead(await this.#json(applyRequest(type, object, options, ACCEPT_HEAD), signal), type);
  }

  async patch(
    type: ResourceType,
    name: ObjectName,
    kind: PatchKind,
    body: unknown,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    const path = `${pathOf(type, name)}${query({ fieldManager: FIELD_MANAGER })}`;
    return asObject(await this.#json({ method: 'PATCH', path, body, contentType: PATCH_TYPES[kind] }, signal));
  }

  /**
   * The metadata of an object for callers who may patch and not read: of a JSON patch (RFC 6902) that only tests, as a dry
   * run. A test that fails is answered with 422.
   */
  async testForHead(
    type: ResourceType,
    name: ObjectName,
    tests: readonly object[],
    signal: AbortSignal,
  ): Promise<ObjectHead> {
    const path = `${pathOf(type, name)}${query({ fieldManager: FIELD_MANAGER, dryRun: 'All' })}`;
    const contentType = PATCH_TYPES.json;
    return asHead(
      await this.#json({ method: 'PATCH', path, body: tests, contentType, accept: ACCEPT_HEAD }, signal),
      type,
    );
  }

  /**
   * Deletes in the background (dependants are collected). Resolves with the object when it stays for a while (finalizers,
   * namespaces), with `undefined` when it is gone or was not there.
   */
  async delete(
    type: ResourceType,
    name: ObjectName,
    options: DeleteOptions,
    signal: AbortSignal,
  ): Promise<ObjectHead | undefined> {
    const body = {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background', // the default orphans the pods of a Job
      ...preconditions(options),
      ...(options.dryRun === true ? { dryRun: ['All'] } : {}),
    };
    const request: RawRequest = { method: 'DELETE', path: pathOf(type, name), body };
    const answer = await undefinedWhenAbsent(this.#json(request, signal));
    const stays = textAt(answer, 'metadata', 'deletionTimestamp') !== '';
    return stays ? asHead(answer, type) : undefined;
  }

  /** Replaces an object as it was seen (its `resourceVersion`), or whatever is there without one. */
  async replace(type: ResourceType, object: KubeObject, signal: AbortSignal): Promise<KubeObject> {
    const name = { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
    const path = `${pathOf(type, name)}${query({ fieldManager: FIELD_MANAGER })}`;
    return asObject(await this.#json({ method: 'PUT', path, body: object }, signal));
  }

  /**
   * Follows the changes of a kind from a version of a list on; resolves when the server ends the watch, which it does
   * after some minutes. Begin again from the last version then; see `Reflector`, which does.
   * @throws KubeApiError also for an error within the stream, `isExpired` when the version is too old
   */
  async watch(
    type: ResourceType,
    options: WatchOptions,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const lines = new WatchLines(this.address, (line) => onEvent(watchEventOf(this.#parseLine(line), type)));
    const parameters = query({
      watch: '1',
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      resourceVersion: options.resourceVersion,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(options.seconds),
    });
    const response = await this.#transport.stream(
      {
        method: 'GET',
        path: `${resourcePath(type, options.namespace ?? '')}${parameters}`,
        headers: { accept: JSON_TYPE },
      },
      { duration: options.seconds * 1000 + WATCH_GRACE_MILLISECONDS, silence: WATCH_SILENCE_MILLISECONDS },
      (part) => lines.push(part),
      signal,
    );
    throwUnlessSuccess(response);
    lines.end();
  }

  /** Any request; the answer is returned whatever its status. */
  async raw(request: RawRequest, signal: AbortSignal): Promise<TransportResponse> {
    return await this.#transport.request(encoded(request), signal);
  }

  /** A request that is answered with JSON. @throws KubeApiError for any status but 2xx */
  async json(request: RawRequest, signal: AbortSignal): Promise<unknown> {
    return await this.#json(request, signal);
  }

  /** Ends all connections and requests at once. */
  close(): void {
    this.#transport.close();
  }

  async #json(request: RawRequest, signal: AbortSignal): Promise<unknown> {
    return (await this.#sized(request, signal)).page;
  }

  /** The value of an answer, and the bytes it had. */
  async #sized(request: RawRequest, signal: AbortSignal): Promise<{ readonly page: unknown; readonly size: number }> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await this.raw(request, signal);
        throwUnlessSuccess(response);
        return { page: await this.#parse(response.body), size: response.size };
      } catch (error) {
        const pause = request.method === 'GET' ? readPauseAfter(error, attempt) : undefined;
        if (pause === undefined || signal.aborted) throw error;
        await sleep(pause, signal);
      }
    }
  }

  async #headsOf(answer: Buffer, type: ResourceType): Promise<readonly ObjectHead[]> {
    checkShape(answer, this.address);
    const items = listAt(await this.#parse(answer.toString('utf8')), 'items');
    new ListLimits(this.address, type.kind).count({ items: items.length, size: answer.length, token: '', next: '' });
    return items.map((item) => asHead(item, type));
  }

  async #parse(text: string): Promise<unknown> {
    try {
      return await parseInSlices(text);
    } catch (error) {
      throw invalidJson(this.address, error);
    }
  }

  /** @throws NautesError `ClusterResponseInvalid` */
  #parseLine(line: string): unknown {
    checkShape(Buffer.from(line), this.address);
    try {
      return JSON.parse(line) as unknown;
    } catch (error) {
      throw invalidJson(this.address, error);
    }
  }

  async *#pages(
    type: ResourceType,
    options: ListOptions,
    accept: string,
    signal: AbortSignal,
  ): AsyncGenerator<unknown, void, undefined> {
    const limits = new ListLimits(this.address, type.kind, options.bounds);
    let token = '';
    do {
      const { page, size } = await this.#page(type, { ...options, token, accept }, limits, signal);
      const next = textAt(page, 'metadata', 'continue');
      limits.count({ items: listAt(page, 'items').length, size, token, next });
      yield page;
      token = next;
    } while (token !== '' && options.limit === undefined);
  }

  /** One page: a smaller one when its objects are so large that it exceeds what an answer may have. */
  async #page(
    type: ResourceType,
    { token, accept, ...options }: ListOptions & { readonly token: string; readonly accept: string },
    limits: ListLimits,
    signal: AbortSignal,
  ): Promise<{ readonly page: unknown; readonly size: number }> {
    while (true) {
      const path = listPath(type, { ...options, limit: options.limit ?? limits.pageSize }, token);
      try {
        return await this.#sized({ method: 'GET', path, accept, maximumResponse: MAXIMUM_PAGE_BYTES }, signal);
      } catch (error) {
        const isTooLarge = error instanceof NautesError && error.reason === 'ClusterResponseTooLarge';
        if (!isTooLarge || options.limit !== undefined || !limits.shrinkPages()) throw error;
      }
    }
  }
}
