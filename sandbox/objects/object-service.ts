import { randomUUID } from 'node:crypto';
import {
  applyServerSide,
  type ManagedFieldsEntry,
  sameManagedFields,
  trackUpdate,
} from '../apply/server-side-apply.ts';
import { isArray, type JsonObject, type JsonValue, objectAt, sameJson, stringAt, withValue } from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { qualifiedName } from '../base/names.ts';
import { alreadyExists, conflict, forbidden, invalid, notFound } from '../base/status-error.ts';
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
  withoutStatus,
  type WriteOptions,
} from './object-rules.ts';
import { checkPreconditions } from './preconditions.ts';
import { allocateService, type NodePortRange } from './services.ts';
import { type ApplyRequestOptions, appliedBody } from './applied-body.ts';
import { type DeleteRequestOptions, type DeleteResult, ObjectDeletion } from './object-deletion.ts';
import { problemsOf } from './validation.ts';
import { currentTimestamp, flatString } from '../base/time.ts';

export interface WriteResult {
  readonly object: StoredObject;
  readonly created: boolean;
}

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
  readonly #deletion: ObjectDeletion;
  readonly #nodePorts: NodePortRange;

  constructor(store: ObjectStore, pool: JsonPool, owners: OwnerIndex, nodePorts: NodePortRange) {
    this.#nodePorts = nodePorts;
    this.#deletion = new ObjectDeletion(store, pool, owners);
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
    const applied = appliedBody(resource, namespace, name, body, options);
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

  /**
   * Marks the object for deletion, and removes it when it has no finalizers.
   *
   * @throws StatusError 404, 409 when a precondition does not hold
   */
  delete(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    options: DeleteRequestOptions = {},
  ): DeleteResult {
    return this.#deletion.delete(resource, this.get(resource, namespace, name), options);
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
