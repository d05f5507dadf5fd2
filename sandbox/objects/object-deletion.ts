import { arrayAt, type JsonArray, type JsonObject, objectAt, stringAt, withValue } from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { qualifiedName } from '../base/names.ts';
import type { JsonPool } from '../store/interning.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { OwnerIndex } from '../store/owner-index.ts';
import { isBeingDeleted, managersOf, readObject, type StoredObject, storeObject } from '../store/stored-object.ts';
import { isHeld } from './object-rules.ts';
import { checkDeletePreconditions } from './preconditions.ts';
import { currentTimestamp } from '../base/time.ts';

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

/** Deletes the objects of one cluster by the rules of the API: preconditions, propagation, finalizers. */
export class ObjectDeletion {
  readonly #store: ObjectStore;
  readonly #pool: JsonPool;
  readonly #owners: OwnerIndex;

  constructor(store: ObjectStore, pool: JsonPool, owners: OwnerIndex) {
    this.#store = store;
    this.#pool = pool;
    this.#owners = owners;
  }

  /** Marks the object for deletion, and removes it when it has no finalizers. */
  delete(resource: ResourceDefinition, live: StoredObject, options: DeleteRequestOptions): DeleteResult {
    checkDeletePreconditions(resource, live, options.preconditions);
    const policy = options.propagationPolicy ?? (resource.kind === 'Job' ? 'Orphan' : 'Background');
    const orphaned = policy === 'Orphan';
    if (options.dryRun === true) return { object: live, gone: true, orphaned };
    if (orphaned) this.#releaseDependents(live.uid);
    const object = readObject(live, { apiVersion: apiVersionOf(resource), kind: resource.kind });
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
