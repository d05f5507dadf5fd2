import { randomBytes, randomUUID } from 'node:crypto';
import { timestamp } from '../../src/base/clock.ts';
import {
  ApplyConflictError,
  applyServerSide,
  conflictText,
  decodeManagedFields,
  encodeManagedFields,
  type ManagedFieldsEntry,
  sameContent,
  sameManagedFields,
  trackUpdate,
} from '../apply/server-side-apply.ts';
import { TypedValueError } from '../apply/typed-value.ts';
import { arrayAt, isArray, isObject, type JsonObject, objectAt, sameJson, stringAt, withValue } from '../json.ts';
import { apiVersionOf, qualifiedName, type ResourceDefinition } from '../resources/resource-definition.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  OBJECT_MODIFIED,
  StatusError,
} from '../status-error.ts';
import type { JsonPool } from '../store/interning.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { OwnerIndex } from '../store/owner-index.ts';
import { isBeingDeleted, managersOf, readObject, type StoredObject, storeObject } from '../store/stored-object.ts';
import { withDefaults } from './defaults.ts';
import { allocateService } from './services.ts';
import { problemsOf } from './validation.ts';

export interface WriteOptions {
  /** The field manager. */
  readonly manager: string;
  readonly dryRun?: boolean;
  /** Empty (default) for the resource itself. */
  readonly subresource?: string;
  /** Called with the object as it will be; refuses by throwing. */
  readonly check?: (next: JsonObject, live: JsonObject | undefined) => void;
}

export interface ApplyRequestOptions extends WriteOptions {
  readonly force?: boolean;
}

export interface WriteResult {
  readonly object: StoredObject;
  readonly created: boolean;
}

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteRequestOptions {
  readonly dryRun?: boolean;
  readonly propagationPolicy?: PropagationPolicy | undefined;
  readonly preconditions?: JsonObject | undefined;
}

export interface DeleteResult {
  /** The last version of the object. */
  readonly object: StoredObject;
  /** False while finalizers hold it. */
  readonly gone: boolean;
  readonly orphaned: boolean;
}

interface Commit {
  readonly resource: ResourceDefinition;
  readonly live: StoredObject | undefined;
  readonly before: JsonObject | undefined;
  readonly next: JsonObject;
  readonly managed: readonly ManagedFieldsEntry[];
  readonly options: WriteOptions;
}

/** How many random names are tried for `generateName`. */
const GENERATED_SUFFIX_BYTES = 3;

const IDENTITY_FIELDS = [
  'uid',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/**
 * Reads and writes the objects of one cluster by the rules of the API: defaults, validation, versions,
 * generations, field managers, finalizers. Every operation is synchronous, hence atomic.
 */
export class ObjectService {
  readonly #store: ObjectStore;
  readonly #pool: JsonPool;
  readonly #owners: OwnerIndex;

  constructor(store: ObjectStore, pool: JsonPool, owners: OwnerIndex) {
    this.#owners = owners;
    this.#store = store;
    this.#pool = pool;
  }

  find(resource: ResourceDefinition, namespace: string, name: string): StoredObject | undefined {
    return this.#store.get(qualifiedName(resource), namespace, name);
  }

  /** @throws StatusError 404 */
  get(resource: ResourceDefinition, namespace: string, name: string): StoredObject {
    const found = this.find(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return found;
  }

  list(resource: ResourceDefinition, namespace: string): StoredObject[] {
    return this.#store.list(qualifiedName(resource), namespace);
  }

  read(resource: ResourceDefinition, stored: StoredObject): JsonObject {
    return readObject(stored, { apiVersion: apiVersionOf(resource), kind: resource.kind });
  }

  create(resource: ResourceDefinition, namespace: string, body: JsonObject, options: WriteOptions): StoredObject {
    const named = withGeneratedName(identified(resource, namespace, body));
    const name = stringAt(named, 'metadata', 'name') ?? '';
    this.#checkNamespace(resource, namespace, name);
    if (this.find(resource, namespace, name) !== undefined) throw alreadyExists(resource, name);
    const cleaned = withoutStatus(resource, withValue(named, ['metadata', 'managedFields'], undefined));
    const next = this.#admit(resource, withDefaults(resource, cleaned), undefined, options);
    const managed = this.#tracked(resource, undefined, next, [], options);
    return this.#commit({ resource, live: undefined, before: undefined, next, managed, options });
  }

  /** @throws StatusError 404, 409 when the body is of another version or object, 422 */
  update(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    body: JsonObject,
    options: WriteOptions,
  ): StoredObject {
    const live = this.get(resource, namespace, name);
    return this.#replace(resource, live, identified(resource, namespace, body, name), options);
  }

  /** Writes what the change makes of the object as it is. */
  modify(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    change: (live: JsonObject) => JsonObject,
    options: WriteOptions,
  ): StoredObject {
    const live = this.get(resource, namespace, name);
    const next = change(this.read(resource, live));
    return this.#replace(resource, live, identified(resource, namespace, next, name), options);
  }

  /** Server-side apply: creates the object when it does not exist. */
  apply(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    body: JsonObject,
    options: ApplyRequestOptions,
  ): WriteResult {
    const applied = this.#checkApplied(resource, namespace, name, body, options);
    const live = this.find(resource, namespace, name);
    if (live === undefined) return { object: this.#applyNew(resource, namespace, applied, options), created: true };
    const before = this.read(resource, live);
    checkPreconditions(resource, live, objectAt(applied, 'metadata') ?? {});
    const result = this.#merged(resource, before, applied, managersOf(live), options);
    const status = statusFor(resource, before, result.object, options);
    const next = this.#admit(resource, withDefaults(resource, keepIdentity(status, before)), before, options);
    const written = this.#commit({ resource, live, before, next, managed: result.managed, options });
    return { object: written, created: false };
  }

  #applyNew(
    resource: ResourceDefinition,
    namespace: string,
    applied: JsonObject,
    options: ApplyRequestOptions,
  ): StoredObject {
    const name = stringAt(applied, 'metadata', 'name') ?? '';
    const uid = stringAt(applied, 'metadata', 'uid');
    if (options.subresource !== undefined && options.subresource !== '') throw notFound(resource, name);
    if (uid !== undefined) {
      const text = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
      throw conflict(resource, name, text);
    }
    this.#checkNamespace(resource, namespace, name);
    const result = this.#merged(resource, undefined, applied, [], options);
    const next = this.#admit(
      resource,
      withDefaults(resource, withoutStatus(resource, result.object)),
      undefined,
      options,
    );
    return this.#commit({ resource, live: undefined, before: undefined, next, managed: result.managed, options });
  }

  #checkApplied(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    body: JsonObject,
    options: ApplyRequestOptions,
  ): JsonObject {
    if (options.manager === '') {
      throw new StatusError(
        422,
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        {
          reason: 'Invalid',
          details: { group: 'meta.k8s.io', kind: 'PatchOptions' },
          causes: [
            {
              reason: 'FieldValueRequired',
              message: 'Required value: is required for apply patch',
              field: 'fieldManager',
            },
          ],
        },
      );
    }
    if (arrayAt(body, 'metadata', 'managedFields').length > 0) {
      throw badRequest('metadata.managedFields must be nil');
    }
    const stripped = withoutNulls(identified(resource, namespace, body, name));
    const { status, ...withoutOwnStatus } = stripped;
    if (options.subresource === 'status') {
      return { apiVersion: stripped['apiVersion'], kind: stripped['kind'], metadata: stripped['metadata'], status };
    }
    return resource.subresources.has('status') ? withoutOwnStatus : stripped;
  }

  #merged(
    resource: ResourceDefinition,
    live: JsonObject | undefined,
    applied: JsonObject,
    managed: readonly ManagedFieldsEntry[],
    options: ApplyRequestOptions,
  ): ReturnType<typeof applyServerSide> {
    const manager = {
      manager: options.manager,
      operation: 'Apply' as const,
      apiVersion: apiVersionOf(resource),
      subresource: options.subresource ?? '',
    };
    const { schema } = resource;
    const now = timestamp(Date.now());
    try {
      return applyServerSide({ live, applied, schema, manager, force: options.force === true, now, managed });
    } catch (error) {
      throw applyError(error, resource, applied);
    }
  }

  #replace(resource: ResourceDefinition, live: StoredObject, body: JsonObject, options: WriteOptions): StoredObject {
    const before = this.read(resource, live);
    checkPreconditions(resource, live, objectAt(body, 'metadata') ?? {});
    const kept = keepIdentity(statusFor(resource, before, body, options), before);
    const next = this.#admit(resource, withDefaults(resource, kept), before, options);
    const reset = isArray(valueOfManaged(body)) && decodeManagedFields(valueOfManaged(body)).length === 0;
    const managed = reset ? [] : managersOf(live);
    const tracked = reset ? managed : this.#tracked(resource, before, next, managed, options);
    return this.#commit({ resource, live, before, next, managed: tracked, options });
  }

  #tracked(
    resource: ResourceDefinition,
    live: JsonObject | undefined,
    next: JsonObject,
    managed: readonly ManagedFieldsEntry[],
    options: WriteOptions,
  ): readonly ManagedFieldsEntry[] {
    const manager = {
      manager: options.manager,
      operation: 'Update' as const,
      apiVersion: apiVersionOf(resource),
      subresource: options.subresource ?? '',
    };
    return trackUpdate({ live, next, schema: resource.schema, manager, now: timestamp(Date.now()), managed });
  }

  /** What the built-in admission and validation make of the object. */
  #admit(
    resource: ResourceDefinition,
    object: JsonObject,
    live: JsonObject | undefined,
    options: WriteOptions,
  ): JsonObject {
    const name = stringAt(object, 'metadata', 'name') ?? '';
    const problems = problemsOf(resource, object, live);
    if (problems.length > 0) throw invalid(resource, name, problems);
    const isService = resource.kind === 'Service' && resource.group === '' && (options.subresource ?? '') === '';
    const next = isService ? allocateService(this.#store, object, live, options.dryRun === true) : object;
    options.check?.(next, live);
    return next;
  }

  #commit(commit: Commit): StoredObject {
    const { resource, live, before, next, managed, options } = commit;
    const unchangedContent = before !== undefined && sameContent(comparable(before), comparable(next));
    if (live !== undefined && unchangedContent && sameManagedFields(managersOf(live), managed)) return live;
    const metadata: JsonObject = {
      ...objectAt(next, 'metadata'),
      ...(live === undefined ? { uid: randomUUID(), creationTimestamp: timestamp(Date.now()) } : {}),
      generation: generationOf(resource, live, before, next),
      resourceVersion: String(options.dryRun === true ? (live?.resourceVersion ?? 0) : this.#store.nextVersion()),
      managedFields: encodeManagedFields(managed),
    };
    const stored = storeObject(this.#pool, { ...next, metadata });
    if (options.dryRun === true) return stored;
    this.#store.put(qualifiedName(resource), stored);
    if (isBeingDeleted(stored) && !isHeld(resource, stored)) this.#store.remove(qualifiedName(resource), stored);
    return stored;
  }

  #checkNamespace(resource: ResourceDefinition, namespace: string, name: string): void {
    if (!resource.namespaced) return;
    const found = this.#store.get('namespaces', '', namespace);
    if (found === undefined) throw notFound({ group: '', plural: 'namespaces' }, namespace);
    if (!isBeingDeleted(found)) return;
    const text = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(resource, name, text, [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]);
  }

  /** Marks the object for deletion, and removes it when nothing holds it. */
  delete(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    options: DeleteRequestOptions = {},
  ): DeleteResult {
    const live = this.get(resource, namespace, name);
    checkDeletePreconditions(resource, live, options.preconditions);
    const policy = options.propagationPolicy ?? (resource.kind === 'Job' ? 'Orphan' : 'Background');
    const orphaned = policy === 'Orphan';
    if (options.dryRun === true) return { object: live, gone: true, orphaned };
    if (orphaned) this.#releaseDependents(live.uid);
    const object = this.read(resource, live);
    const extra =
      policy === 'Foreground' && this.#owners.dependentsOf(live.uid).length > 0 ? ['foregroundDeletion'] : [];
    const finalizers = [...arrayAt(object, 'metadata', 'finalizers'), ...extra];
    if (finalizers.length === 0 && !isHeld(resource, live)) {
      this.#store.remove(qualifiedName(resource), live);
      return { object: live, gone: true, orphaned };
    }
    if (isBeingDeleted(live)) return { object: live, gone: false, orphaned };
    const marked = this.#mark(resource, live, object, finalizers);
    return { object: marked, gone: false, orphaned };
  }

  #mark(
    resource: ResourceDefinition,
    live: StoredObject,
    object: JsonObject,
    finalizers: readonly (string | JsonObject)[] | JsonObject['x'][],
  ): StoredObject {
    const metadata: JsonObject = {
      ...objectAt(object, 'metadata'),
      ...(finalizers.length === 0 ? {} : { finalizers: finalizers as string[] }),
      deletionTimestamp: timestamp(Date.now()),
      ...(resource.kind === 'Namespace' && resource.group === '' ? {} : { deletionGracePeriodSeconds: 0 }),
      ...(resource.hasGeneration ? { generation: live.generation + 1 } : {}),
      resourceVersion: String(this.#store.nextVersion()),
    };
    const terminating =
      resource.kind === 'Namespace' && resource.group === '' ? { status: { phase: 'Terminating' } } : {};
    const stored = storeObject(this.#pool, { ...object, ...terminating, metadata });
    this.#store.put(qualifiedName(resource), stored);
    return stored;
  }

  #releaseDependents(uid: string): void {
    for (const { resource, namespace, name } of this.#owners.dependentsOf(uid)) {
      const object = this.#store.get(resource, namespace, name);
      if (object === undefined) continue;
      const metadata = object.metadata.value;
      const owners = arrayAt(metadata, 'ownerReferences').filter((owner) => stringAt(owner, 'uid') !== uid);
      const next = this.#pool.intern(
        withValue(metadata, ['ownerReferences'], owners.length === 0 ? undefined : owners),
      );
      this.#store.put(resource, { ...object, metadata: next, resourceVersion: this.#store.nextVersion() });
    }
  }
}

/** A namespace is also held by `spec.finalizers`. */
function isHeld(resource: ResourceDefinition, object: StoredObject): boolean {
  if (arrayAt(object.metadata.value, 'finalizers').length > 0) return true;
  if (resource.kind !== 'Namespace' || resource.group !== '') return false;
  return arrayAt(object.body.value, 'spec', 'finalizers').length > 0;
}

function valueOfManaged(body: JsonObject) {
  return objectAt(body, 'metadata')?.['managedFields'];
}

/** The body with the type of its resource and the name and namespace of its path. */
function identified(resource: ResourceDefinition, namespace: string, body: JsonObject, name?: string): JsonObject {
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

function withGeneratedName(object: JsonObject): JsonObject {
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

function withoutStatus(resource: ResourceDefinition, object: JsonObject): JsonObject {
  const { status: _status, ...rest } = object;
  const initial = resource.group === '' ? INITIAL_STATUS[resource.kind] : undefined;
  if (initial !== undefined) return { ...rest, status: initial };
  return resource.subresources.has('status') ? rest : object;
}

/** A write to the resource keeps the status, one to its status keeps everything else. */
function statusFor(
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

function keepIdentity(next: JsonObject, before: JsonObject): JsonObject {
  const metadata = { ...objectAt(next, 'metadata') } as Record<string, JsonObject['x']>;
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
function comparable(object: JsonObject): JsonObject {
  const {
    resourceVersion: _version,
    managedFields: _managed,
    generation: _generation,
    ...metadata
  } = objectAt(object, 'metadata') ?? {};
  return { ...object, metadata };
}

function generationOf(
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

function checkPreconditions(resource: ResourceDefinition, live: StoredObject, metadata: JsonObject): void {
  const uid = stringAt(metadata, 'uid');
  if (uid !== undefined && uid !== '' && uid !== live.uid) {
    const text = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid}`;
    throw conflict(resource, live.name, text);
  }
  const version = stringAt(metadata, 'resourceVersion');
  if (version !== undefined && version !== '' && version !== String(live.resourceVersion)) {
    throw conflict(resource, live.name, OBJECT_MODIFIED);
  }
}

function checkDeletePreconditions(
  resource: ResourceDefinition,
  live: StoredObject,
  preconditions: JsonObject | undefined,
): void {
  const uid = stringAt(preconditions, 'uid');
  if (uid !== undefined && uid !== live.uid) {
    const text = `the UID in the precondition (${uid}) does not match the UID in record (${live.uid}). The object might have been deleted and then recreated`;
    throw conflict(resource, live.name, text);
  }
  const version = stringAt(preconditions, 'resourceVersion');
  if (version !== undefined && version !== String(live.resourceVersion)) {
    const text = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${live.resourceVersion}). The object might have been modified`;
    throw conflict(resource, live.name, text);
  }
}

/** Absent and null are the same to a typed server. */
function withoutNulls(object: JsonObject): JsonObject {
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

function applyError(error: unknown, resource: ResourceDefinition, applied: JsonObject): unknown {
  if (error instanceof ApplyConflictError) {
    return new StatusError(409, error.message, {
      reason: 'Conflict',
      details: {},
      causes: error.conflicts.map((found) => ({
        reason: 'FieldManagerConflict',
        message: conflictText(found),
        field: found.path,
      })),
    });
  }
  if (!(error instanceof TypedValueError)) return error;
  const [namespace, name] = [stringAt(applied, 'metadata', 'namespace') ?? '', stringAt(applied, 'metadata', 'name')];
  const where = `${namespace === '' ? '' : namespace}/${name}; ${apiVersionOf(resource)}, Kind=${resource.kind}`;
  return new StatusError(500, `failed to create typed patch object (${where}): ${error.message}`);
}
