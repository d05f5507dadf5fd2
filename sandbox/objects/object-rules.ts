import { randomBytes } from 'node:crypto';
import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  sameJson,
  stringAt,
  withValue,
} from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { badRequest } from '../base/status-error.ts';
import type { StoredObject } from '../store/stored-object.ts';

export interface WriteOptions {
  /** The field manager. */
  readonly manager: string;
  readonly dryRun?: boolean;
  /** Empty (default) for the resource itself. */
  readonly subresource?: string;
  /** Called with the object as it will be; refuses by throwing. */
  readonly check?: (next: JsonObject, live: JsonObject | undefined) => void;
}

/** The common parts of an object after a write, for every kind. */

/** Random bytes in a name generated from `generateName`. */
const GENERATED_SUFFIX_BYTES = 3;

const IDENTITY_FIELDS = [
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** A namespace is also held by `spec.finalizers`. */
export function isHeld(resource: ResourceDefinition, object: StoredObject): boolean {
  if (arrayAt(object.metadata.value, 'finalizers').length > 0) return true;
  if (resource.kind !== 'Namespace' || resource.group !== '') return false;
  return arrayAt(object.body.value, 'spec', 'finalizers').length > 0;
}

/** The body with the type of its resource and the name and namespace of its path. */
export function identified(
  resource: ResourceDefinition,
  namespace: string,
  body: JsonObject,
  name?: string,
): JsonObject {
  const metadata = objectAt(body, 'metadata') ?? {};
  const kind = stringAt(body, 'kind');
  const version = stringAt(body, 'apiVersion');
  if ((kind !== undefined && kind !== resource.kind) || (version !== undefined && version !== apiVersionOf(resource))) {
    const [wanted, found] = [`${apiVersionOf(resource)}, Kind=${resource.kind}`, `${version}, Kind=${kind}`];
    throw badRequest(`the API version in the data (${found}) does not match the expected API version (${wanted})`);
  }
  const ownName = stringAt(metadata, 'name');
  if (name !== undefined && ownName !== undefined && ownName !== name) {
    throw badRequest(`the name of the object (${ownName}) does not match the name on the URL (${name})`);
  }
  const ownNamespace = stringAt(metadata, 'namespace') ?? '';
  if (resource.namespaced && ownNamespace !== '' && ownNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const { namespace: _namespace, ...rest } = metadata;
  return {
    ...body,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      ...rest,
      ...(name === undefined ? {} : { name }),
      ...(resource.namespaced ? { namespace } : {}),
    },
  };
}

export function withGeneratedName(object: JsonObject): JsonObject {
  const prefix = stringAt(object, 'metadata', 'generateName');
  if (prefix === undefined || stringAt(object, 'metadata', 'name') !== undefined) return object;
  return withValue(
    object,
    ['metadata', 'name'],
    prefix + randomBytes(GENERATED_SUFFIX_BYTES).toString('hex').slice(0, 5),
  );
}

/** The status that an object of the core group is created with. */
const INITIAL_STATUS: Readonly<Record<string, JsonObject>> = {
  Namespace: { phase: 'Active' },
  Pod: { phase: 'Pending' },
  PersistentVolumeClaim: { phase: 'Pending' },
};

export function withoutStatus(resource: ResourceDefinition, object: JsonObject): JsonObject {
  const { status: _status, ...rest } = object;
  const initial = resource.group === '' ? INITIAL_STATUS[resource.kind] : undefined;
  if (initial !== undefined) return { ...rest, status: initial };
  return resource.subresources.has('status') ? rest : object;
}

/** A write to the resource keeps the status; a write to the status keeps everything else. */
export function statusFor(
  resource: ResourceDefinition,
  before: JsonObject,
  body: JsonObject,
  options: WriteOptions,
): JsonObject {
  if (options.subresource === 'status') return { ...before, status: body['status'] };
  if (options.subresource === 'finalize') return { ...before, spec: body['spec'] };
  if (!resource.subresources.has('status')) return body;
  return { ...body, status: before['status'] };
}

export function keepIdentity(next: JsonObject, before: JsonObject): JsonObject {
  const metadata = { ...objectAt(next, 'metadata') } as Record<string, JsonValue | undefined>;
  const old = objectAt(before, 'metadata') ?? {};
  for (const field of IDENTITY_FIELDS) {
    if (old[field] === undefined) delete metadata[field];
    else metadata[field] = old[field];
  }
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences']) {
    const value = metadata[field];
    const isEmpty =
      value === null || (isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
    if (isEmpty) delete metadata[field];
  }
  return { ...next, metadata };
}

/** The object without what changes with every write. */
export function comparable(object: JsonObject): JsonObject {
  const {
    resourceVersion: _version,
    managedFields: _managed,
    generation: _generation,
    ...metadata
  } = objectAt(object, 'metadata') ?? {};
  return { ...object, metadata };
}

export function generationOf(
  resource: ResourceDefinition,
  live: StoredObject | undefined,
  before: JsonObject | undefined,
  next: JsonObject,
): number | undefined {
  if (!resource.hasGeneration) return undefined;
  if (live === undefined || before === undefined) return 1;
  const desired = (object: JsonObject): JsonObject => {
    const { metadata: _metadata, status, ...rest } = object;
    return resource.subresources.has('status') ? rest : { ...rest, status };
  };
  return sameJson(desired(before), desired(next)) ? live.generation : live.generation + 1;
}

/** Absent and null are the same to a typed server. */
export function withoutNulls(object: JsonObject): JsonObject {
  if (!hasNulls(object)) return object;
  const entries = Object.entries(object).flatMap(([key, value]) => {
    if (value === null) return [];
    return [[key, isObject(value) ? withoutNulls(value) : value] as const];
  });
  return Object.fromEntries(entries);
}

function hasNulls(object: JsonObject): boolean {
  for (const key in object) {
    const value = object[key];
    if (value === null || (isObject(value) && hasNulls(value))) return true;
  }
  return false;
}
