import type { InventoryEntry } from '../../resources/inventory.ts';
import { type KubeObject, objectKey, referenceOf } from '../../kube-objects/kube-object.ts';

/** A component that a cluster is declared to have, and what it brings. */
export interface ComponentClaim {
  readonly component: string;
  /** Absent while they cannot be rendered. */
  readonly objects: readonly KubeObject[] | undefined;
  /** Namespaces that it needs without bringing them. */
  readonly namespaces: readonly string[];
}

/** Decides which component of a registration has an object that several bring or have brought. */
export interface ObjectOwnership {
  /** Whether it is known of every declared component what it brings: nothing may be removed before. */
  readonly isComplete: boolean;
  isDeclared(component: string): boolean;
  /** The declared component that is to have the object; `undefined` when none is known to bring it. */
  ownerOf(key: string): string | undefined;
  /** What another component of the registration has recorded of the object. */
  entryOfOther(key: string, component: string): InventoryEntry | undefined;
}

/**
 * An object belongs to a declared component that brings it, before one that only needs it (a namespace). Among several it
 * stays where it is, and otherwise belongs to the first. One that is no longer declared owns nothing.
 * @param claims in the order in which the components are declared
 * @param inventory of the whole registration
 */
export function objectOwnership(
  claims: readonly ComponentClaim[],
  inventory: readonly InventoryEntry[],
): ObjectOwnership {
  const declared = new Set(claims.map(({ component }) => component));
  const entries = Map.groupBy(inventory, objectKey);
  const brought = claimants(claims, ({ objects = [] }) => objects.flatMap(keysOf));
  const needed = claimants(claims, ({ namespaces }) => namespaces.map(namespaceKey));
  const ownerOf = (key: string): string | undefined => {
    const candidates = brought.get(key) ?? needed.get(key);
    if (candidates === undefined || candidates.length === 1) return candidates?.[0];
    const holders = (entries.get(key) ?? []).filter(({ uid }) => uid !== '').map(({ component }) => component);
    return candidates.find((component) => holders.includes(component)) ?? candidates[0];
  };
  return {
    isComplete: claims.every(({ objects }) => objects !== undefined),
    isDeclared: (component) => declared.has(component),
    ownerOf,
    entryOfOther: (key, component) => entries.get(key)?.find((entry) => entry.component !== component),
  };
}

/** The components that have each key, in their order. */
function claimants(
  claims: readonly ComponentClaim[],
  keysOfClaim: (claim: ComponentClaim) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const components = new Map<string, string[]>();
  for (const claim of claims) {
    for (const key of keysOfClaim(claim)) {
      const known = components.get(key);
      if (known === undefined) components.set(key, [claim.component]);
      else if (!known.includes(claim.component)) known.push(claim.component);
    }
  }
  return components;
}

/** Also as of a cluster-scoped kind: what a custom kind is only the cluster knows, and it drops the namespace then. */
function keysOf(object: KubeObject): readonly string[] {
  const reference = referenceOf(object);
  const key = objectKey(reference);
  return reference.namespace === '' ? [key] : [key, objectKey({ ...reference, namespace: '' })];
}

function namespaceKey(name: string): string {
  return objectKey({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name });
}

/**
 * Entries of components that have handed their object over: its owner has recorded it. They can go from the inventory,
 * and the object stays.
 */
export function supersededEntries(
  ownership: ObjectOwnership,
  inventory: readonly InventoryEntry[],
): readonly InventoryEntry[] {
  const owned = new Set(
    inventory
      .filter((entry) => entry.uid !== '' && ownership.ownerOf(objectKey(entry)) === entry.component)
      .map(objectKey),
  );
  return inventory.filter((entry) => {
    const key = objectKey(entry);
    return owned.has(key) && ownership.ownerOf(key) !== entry.component;
  });
}
