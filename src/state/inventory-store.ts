import type { InventoryEntry, InventoryKey } from '../resources/inventory.ts';
import type { Registration } from '../resources/resource-key.ts';

/**
 * The objects that a registration has, or intends to have, on clusters. It must not be lost: it says what is to be
 * removed when the registration ends, and which objects are not ours.
 */
export interface InventoryStore {
  list(registration: Registration): Promise<readonly InventoryEntry[]>;
  /** Adds or replaces entries (same component and object), all of them or none. Durable when it resolves. */
  put(registration: Registration, entries: readonly InventoryEntry[]): Promise<void>;
  /** Removes the entries of these objects and components. Absent is fine. */
  remove(registration: Registration, entries: readonly InventoryKey[]): Promise<void>;
}
