import { randomUUID } from 'node:crypto';
import {
  applyServerSide,
  type ManagedFieldsEntry,
  sameManagedFields,
  trackUpdate,
} from '../apply/server-side-apply.ts';
import {
  arrayAt,
  isArray,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  objectAt,
  sameJson,
  stringAt,
  withValue,
} from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { qualifiedName } from '../base/names.ts';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
  StatusError,
} from '../base/status-error.ts';
import type { JsonPool } from '../store/interning.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { OwnerIndex } from '../store/owner-index.ts';
import { isBeingDeleted, managersOf, readObject, type StoredObject, storeObject } from '../store/stored-object.ts';
import { applyError } from './apply-errors.ts';
import { withDefaults } from './defaults.ts';
import {
  comparable,
  generationOf,
  identified,
  isHeld,
  keepIdentity,
  statusFor,
  withGeneratedName,
  withoutNulls,
  withoutStatus,
  type WriteOptions,
} from './object-rules.ts';
import { checkDeletePreconditions, checkPreconditions } from './preconditions.ts';
import { allocateService, type NodePortRange } from './services.ts';
import { problemsOf } from './validation.ts';
import { currentTimestamp, flatString } from '../base/time.ts';

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
  /** False while finalizers block it. */
  readonly gone: boolean;
  readonly orphaned: boolean;
}

/** Removed when the dependents of a deletion in the foreground are gone. */
export const FOREGROUND_FINALIZER = 'foregroundDeletion';

/** Removed when the instances of a CustomResourceDefinition are gone. */
export const INSTANCE_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

interface Commit {
  readonly resource: ResourceDefinition;
  readonly live: StoredObject | undefined;
  readonly before: JsonObject | undefined;
  readonly next: JsonObject;
  readonly managed: readonly ManagedFieldsEntry[];
  readonly options: WriteOptions;
}

/**
 * Reads and writes the objects of one cluster by the rules of the API: defaults, validation, versions,
 * generations, field managers, finalizers. Every operation is synchronous, hence atomic.
 */
export class ObjectService {
  readonly #store: ObjectStore;
  readonly #pool: JsonPool;
  readonly #owners: OwnerIndex;

  readonly #nodePorts: NodePortRange;

  constructor(store: ObjectStore, pool: JsonPool, owners: OwnerIndex, nodePorts: NodePortRange) {
    this.#nodePorts = nodePorts;
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

  /** Writes the change of the current object. */
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
    const now = currentTimestamp();
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
    // An empty list in the body, or one with an empty entry, resets the managers.
    const wanted = objectAt(body, 'metadata')?.['managedFields'];
    const reset = isArray(wanted) && live.managed.length > 0 && !wanted.some((entry) => stringAt(entry, 'manager'));
    const managed = reset ? [] : submittedManagers(wanted, managersOf(live));
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
    return trackUpdate({ live, next, schema: resource.schema, manager, now: currentTimestamp(), managed });
  }

  /** Applies built-in admission and validation. */
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
    const next = isService
      ? allocateService({ store: this.#store, range: this.#nodePorts }, object, live, options.dryRun === true)
      : object;
    options.check?.(next, live);
    return next;
  }

  #commit(commit: Commit): StoredObject {
    const { resource, live, before, next, managed, options } = commit;
    const unchangedContent = before !== undefined && sameJson(comparable(before), comparable(next));
    if (live !== undefined && unchangedContent && sameManagedFields(managersOf(live), managed)) return live;
    const metadata: JsonObject = {
      ...objectAt(next, 'metadata'),
      ...(live === undefined ? { uid: flatString(randomUUID()), creationTimestamp: currentTimestamp() } : {}),
      generation: generationOf(resource, live, before, next),
      resourceVersion: String(options.dryRun === true ? (live?.resourceVersion ?? 0) : this.#store.nextVersion()),
    };
    const stored = storeObject(this.#pool, { ...next, metadata }, managed, live);
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

  /** Marks the object for deletion, and removes it when it has no finalizers. */
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
    const extra = this.#deletionFinalizers(resource, live, policy);
    const finalizers = [...arrayAt(object, 'metadata', 'finalizers'), ...extra];
    if (finalizers.length === 0 && !isHeld(resource, live)) {
      this.#store.remove(qualifiedName(resource), live);
      return { object: live, gone: true, orphaned };
    }
    if (isBeingDeleted(live)) return { object: live, gone: false, orphaned };
    const marked = this.#mark(resource, live, object, finalizers);
    return { object: marked, gone: false, orphaned };
  }

  /** What the server itself waits for before the object is gone. */
  #deletionFinalizers(resource: ResourceDefinition, live: StoredObject, policy: PropagationPolicy): string[] {
    if (isBeingDeleted(live)) return [];
    const waitsForDependents = policy === 'Foreground' && this.#owners.dependentsOf(live.uid).length > 0;
    return [
      ...(waitsForDependents ? [FOREGROUND_FINALIZER] : []),
      ...(resource.kind === 'CustomResourceDefinition' ? [INSTANCE_FINALIZER] : []),
    ];
  }

  #mark(resource: ResourceDefinition, live: StoredObject, object: JsonObject, finalizers: JsonArray): StoredObject {
    const metadata: JsonObject = {
      ...objectAt(object, 'metadata'),
      ...(finalizers.length === 0 ? {} : { finalizers }),
      deletionTimestamp: currentTimestamp(),
      ...(resource.kind === 'Namespace' && resource.group === '' ? {} : { deletionGracePeriodSeconds: 0 }),
      ...(resource.hasGeneration ? { generation: live.generation + 1 } : {}),
      resourceVersion: String(this.#store.nextVersion()),
    };
    const terminating =
      resource.kind === 'Namespace' && resource.group === '' ? { status: { phase: 'Terminating' } } : {};
    const stored = storeObject(this.#pool, { ...object, ...terminating, metadata }, managersOf(live), live);
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

/** Entries that the body leaves out of the list are dropped; without a list all stay. */
function submittedManagers(
  wanted: JsonValue | undefined,
  managed: readonly ManagedFieldsEntry[],
): readonly ManagedFieldsEntry[] {
  if (!isArray(wanted) || wanted.length === 0 || wanted.length >= managed.length) return managed;
  return managed.filter(({ manager, operation }) =>
    wanted.some((entry) => stringAt(entry, 'manager') === manager && stringAt(entry, 'operation') === operation),
  );
}
