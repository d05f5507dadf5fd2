import { arrayAt, stringAt } from '../base/json.ts';
import type { Change, ObjectStore } from './object-store.ts';
import type { StoredObject } from './stored-object.ts';

/** Where an object is. */
export interface ObjectLocation {
  /** Qualified name of its resource. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** A reference to an owner, as far as ownership needs it. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

export function ownerReferences(object: StoredObject): OwnerReference[] {
  if (!object.metadata.text.includes('"ownerReferences"')) return [];
  return arrayAt(object.metadata.value, 'ownerReferences').map((owner) => ({
    apiVersion: stringAt(owner, 'apiVersion') ?? '',
    kind: stringAt(owner, 'kind') ?? '',
    name: stringAt(owner, 'name') ?? '',
    uid: stringAt(owner, 'uid') ?? '',
    controller: JSON.stringify(owner).includes('"controller":true'),
  }));
}

/** Which objects exist, by uid, and which they own. Follows the store. */
export class OwnerIndex {
  readonly #existing = new Map<string, ObjectLocation>();
  readonly #dependents = new Map<string, Map<string, ObjectLocation>>();

  constructor(store: ObjectStore) {
    store.listen((change) => this.#follow(change));
  }

  exists(uid: string): boolean {
    return this.#existing.has(uid);
  }

  locationOf(uid: string): ObjectLocation | undefined {
    return this.#existing.get(uid);
  }

  dependentsOf(uid: string): ObjectLocation[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #follow({ type, resource, object, previous }: Change): void {
    const location = { resource, namespace: object.namespace, name: object.name };
    if (type === 'DELETED') this.#existing.delete(object.uid);
    else if (type === 'ADDED') this.#existing.set(object.uid, location);
    if (previous !== undefined && previous.metadata !== object.metadata) this.#forget(previous);
    if (type === 'DELETED') {
      this.#forget(previous ?? object);
      return;
    }
    for (const { uid } of ownerReferences(object)) {
      const own = this.#dependents.get(uid) ?? new Map<string, ObjectLocation>();
      own.set(object.uid, location);
      this.#dependents.set(uid, own);
    }
  }

  #forget(object: StoredObject): void {
    for (const { uid } of ownerReferences(object)) {
      const own = this.#dependents.get(uid);
      own?.delete(object.uid);
      if (own?.size === 0) this.#dependents.delete(uid);
    }
  }
}
