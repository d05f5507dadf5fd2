import { defined } from '../../base/defined.ts';
import { FIELD_MANAGER, type KubeObject } from '../../kube-objects/kube-object.ts';
import { type ResourceType, resourcePath } from '../../kube-objects/resource-types.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { MAXIMUM_PAGE_BYTES } from '../transport/answer-limits.ts';
import type { PipelinedRead } from '../transport/answer-sinks.ts';
import type { EncodedBody, TransportRequest } from '../transport/transport.ts';
import { type ListBounds, PAGE_SIZE } from './list-limits.ts';
import { query } from './requests.ts';

/** Name and namespace of an object whose kind is known from the request. */
export interface ObjectName {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

export interface ListOptions {
  /** Empty or absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** At most so many objects, in one page. */
  readonly limit?: number;
  /** What the whole list may have, where that is not the default for a cluster of others. */
  readonly bounds?: ListBounds;
}

export interface WriteOptions {
  /** The server goes through everything and stores nothing. */
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  /** The object's JSON, when it is at hand. */
  readonly json?: EncodedBody;
  /** Another field manager than ours in general: for a part of an object that is written by itself. */
  readonly manager?: string;
  /** Only this part of the object is written. */
  readonly subresource?: 'status';
  /** Refused with a conflict where another manager has a field with another value; by default such a field is taken. */
  readonly isRefusedOnConflict?: boolean;
}

export interface DeleteOptions extends WriteOptions {
  /** Only the object with this UID. */
  readonly uid?: string;
  /** Only as it was seen. */
  readonly resourceVersion?: string;
}

export type PatchKind = 'merge' | 'json';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RawRequest {
  readonly method: HttpMethod;
  /** Path and query, beginning with `/`. */
  readonly path: string;
  readonly body?: unknown;
  /** In the place of `body`: its JSON. */
  readonly json?: EncodedBody;
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the answer; default those of one object. */
  readonly maximumResponse?: number;
}

export const JSON_TYPE = 'application/json';
export const PATCH_TYPES: Readonly<Record<PatchKind, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
};
const METADATA = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
export const ACCEPT_HEAD = `${JSON_TYPE};${METADATA},${JSON_TYPE}`;
export const ACCEPT_HEAD_LIST = `${JSON_TYPE};${METADATA_LIST},${JSON_TYPE}`;

/** As the transport sends it. */
export function encoded({ method, path, headers, ...request }: RawRequest): TransportRequest {
  const body = request.json ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  return {
    method,
    path,
    headers: {
      accept: request.accept ?? JSON_TYPE,
      ...(body === undefined ? {} : { 'content-type': request.contentType ?? JSON_TYPE }),
      ...headers,
    },
    ...defined({ body, maximumResponse: request.maximumResponse }),
  };
}

/** The first page of the metadata of a kind. */
export function headsRequest(type: ResourceType, options: Pick<ListOptions, 'labelSelector'>): HeadsRequest {
  const path = listPath(type, { ...options, limit: PAGE_SIZE });
  return { method: 'GET', path, headers: { accept: ACCEPT_HEAD_LIST }, maximumResponse: MAXIMUM_PAGE_BYTES };
}

type HeadsRequest = Pick<PipelinedRead, 'path' | 'headers' | 'maximumResponse'> & { readonly method: 'GET' };

/** Path and query of a page of a list. */
export function listPath(type: ResourceType, options: ListOptions & { readonly limit: number }, token = ''): string {
  const parameters = query({
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    limit: String(options.limit),
    continue: token === '' ? undefined : token,
  });
  return `${resourcePath(type, options.namespace ?? '')}${parameters}`;
}

/** Of a deletion that is meant for the object as it was seen. */
export function preconditions({ uid, resourceVersion }: DeleteOptions): { readonly preconditions?: object } {
  const given = defined({ uid, resourceVersion });
  return Object.keys(given).length === 0 ? {} : { preconditions: given };
}

/** Server-side apply. */
export function applyRequest(
  type: ResourceType,
  object: KubeObject,
  options: ApplyOptions,
  accept: string,
): RawRequest {
  const name = { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
  const parameters = query({
    fieldManager: options.manager ?? FIELD_MANAGER,
    force: options.isRefusedOnConflict === true ? undefined : 'true',
    dryRun: options.dryRun === true ? 'All' : undefined,
  });
  return {
    method: 'PATCH',
    path: `${pathOf(type, name)}${options.subresource === undefined ? '' : `/${options.subresource}`}${parameters}`,
    ...(options.json === undefined ? { body: object } : { json: options.json }),
    contentType: 'application/apply-patch+yaml', // JSON is YAML
    accept,
  };
}

/** Of one object. */
export function pathOf(type: ResourceType, { namespace, name }: ObjectName): string {
  return resourcePath(type, namespace, name);
}

/** The name part of a reference. */
export function nameOf(reference: ObjectReference): ObjectName {
  return { namespace: reference.namespace, name: reference.name };
}
