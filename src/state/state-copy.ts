import type { ResourceEvent } from '../resources/event.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ResourceKey } from '../resources/resource-key.ts';

/** What is stored of one registration; documents are as they were put, with fields that this program does not know. */
export interface RegistrationRecords {
  readonly incarnation: string;
  readonly status?: unknown;
  readonly offboarding?: unknown;
  readonly receipt?: unknown;
  /** In order of kind, namespace, name and component. */
  readonly inventory: readonly InventoryEntry[];
}

/** Everything that is stored of one resource. */
export interface ResourceRecords extends ResourceKey {
  /** In the order of their receipts, then of their off-boarding records. */
  readonly registrations: readonly RegistrationRecords[];
  /** Oldest first. */
  readonly events: readonly ResourceEvent[];
}

/** The content of a state as a whole, for copying it to another implementation. Nothing else may use the state then. */
export interface StateCopy {
  /** Every resource of which anything is stored, in order of kind and name. */
  readonly keys: (signal: AbortSignal) => Promise<readonly ResourceKey[]>;
  readonly read: (key: ResourceKey, signal: AbortSignal) => Promise<ResourceRecords>;
  /**
   * Puts the records in the place of everything that is stored of the resource; without registrations and events the
   * resource is forgotten. Ids of events may be changed where another resource has them. Durable when it resolves; a
   * crash in between is repaired by doing it again.
   */
  readonly replace: (records: ResourceRecords, signal: AbortSignal) => Promise<void>;
}
