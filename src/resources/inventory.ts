import { NO_COMPONENT } from './cluster/components.ts';
import type { ObjectReference } from './object-reference.ts';

/** Name under which the inventory has our own account on a cluster; other components are of the catalogue. */
export const ACCESS_COMPONENT = 'access';

/** Name under which the inventory of a virtual cluster has its objects on its host. */
export const HOSTED_COMPONENT = 'virtual-cluster';

/** Name under which the inventory has the workloads' login to the secret store. */
export const SECRET_ACCESS_COMPONENT = 'secret-access';

/** Name under which the inventory has what was found on a cluster while it was off-boarded: made by us, and not remembered. */
export const LEFT_BEHIND_COMPONENT = 'left-behind';

/** Reserved names that no component of the catalogue can have. */
export const reservedComponentNames: ReadonlySet<string> = new Set([ACCESS_COMPONENT, HOSTED_COMPONENT, NO_COMPONENT]);

/** Which entry of an inventory: while an object is handed over two components have one. */
export interface InventoryKey extends ObjectReference {
  /** Name of the component, or {@link ACCESS_COMPONENT}. */
  readonly component: string;
}

/** A field that we have changed on an object of somebody else, for setting it back. */
export interface FormerField {
  /** Such as `spec.template.spec.containers[name=main].image`. */
  readonly path: string;
  /** Its value before us; absent when there was none. */
  readonly value?: unknown;
  /** False when the value before us is not kept: it is secret, or too long. */
  readonly isKnown?: false;
}

/** An object on a target cluster that we have applied or intend to. */
export interface InventoryEntry extends InventoryKey {
  /** Set after the apply; empty while it is only intended. */
  readonly uid: string;
  /** SHA-256 of the applied fields; empty while it is only intended. */
  readonly hash: string;
  /** `metadata.generation`, or `resourceVersion` for kinds without one, after the last apply. */
  readonly revision: string;
  /** True when it existed before and was not ours: it is never deleted. */
  readonly foreign: boolean;
  /** What we have changed on it where it is foreign; absent when that is nothing. */
  readonly former?: readonly FormerField[];
}

/** Whether the registration with this inventory is on a host: its file may have been edited since. */
export function isHosted(inventory: readonly InventoryEntry[]): boolean {
  return inventory.some(({ component }) => component === HOSTED_COMPONENT);
}
