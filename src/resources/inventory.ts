import type { ObjectReference } from './object-reference.ts';

/** Name under which the inventory holds our own account on a cluster; every other component is of the catalogue. */
export const ACCESS_COMPONENT = 'access';

/** Name under which the inventory of a virtual cluster holds what stands for it on its host. */
export const HOSTED_COMPONENT = 'virtual-cluster';

/** Name under which the inventory holds what lets workloads of a cluster log in where secrets are kept. */
export const SECRET_ACCESS_COMPONENT = 'secret-access';

/** Names of the inventory that no component of the catalogue can have. */
export const reservedComponentNames: ReadonlySet<string> = new Set([ACCESS_COMPONENT, HOSTED_COMPONENT]);

/** An object that we intend to have, or have, on a target cluster. */
export interface InventoryEntry extends ObjectReference {
  /** Name of the component, or {@link ACCESS_COMPONENT}. */
  readonly component: string;
  /** Set once it has been applied; empty while it is only intended. */
  readonly uid: string;
  /** SHA-256 of the fields we applied; empty while it is only intended. */
  readonly hash: string;
  /** `metadata.generation`, or `resourceVersion` for kinds without one, after the last apply. */
  readonly revision: string;
  /** True when it existed before us and was not ours: it is never deleted. */
  readonly foreign: boolean;
}

/** Whether the registration with this inventory is on a host: since somebody edited it, its file may say otherwise. */
export function isHosted(inventory: readonly InventoryEntry[]): boolean {
  return inventory.some(({ component }) => component === HOSTED_COMPONENT);
}
