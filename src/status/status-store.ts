import type { InventoryEntry, OffboardingRecord } from '../model/inventory.ts';
import type { ClusterEvent, ClusterStatus, ObjectReference, Receipt } from '../model/status.ts';

export type NewEvent = Omit<ClusterEvent, 'id' | 'time'>;

/** What is known about clusters at run time. Everything here can be lost without losing a cluster's desired state. */
export interface StatusStore {
  status(cluster: string): Promise<ClusterStatus | undefined>;
  statuses(): Promise<readonly ClusterStatus[]>;
  putStatus(status: ClusterStatus): Promise<void>;
  /** Removes the status when it is of this incarnation. */
  removeStatus(cluster: string, incarnation: string): Promise<void>;

  /** Adds an event; keeps the last 200 of each cluster. */
  addEvent(event: NewEvent): Promise<ClusterEvent>;
  /**
   * Events after the id, oldest first; `complete` is false when events between were dropped by retention.
   * @param cluster only of this cluster, all clusters when undefined
   */
  eventsAfter(id: number, cluster: string | undefined, limit: number): Promise<EventPage>;
  /** Calls the listener for each event from now on. Returns the unsubscriber. */
  onEvent(listener: (event: ClusterEvent) => void): () => void;

  inventory(incarnation: string): Promise<readonly InventoryEntry[]>;
  /** Adds or replaces entries (same component and object). Durable when it resolves. */
  putInventory(incarnation: string, entries: readonly InventoryEntry[]): Promise<void>;
  removeInventory(incarnation: string, objects: readonly ObjectReference[]): Promise<void>;

  offboardings(): Promise<readonly OffboardingRecord[]>;
  /** Durable when it resolves. */
  putOffboarding(record: OffboardingRecord): Promise<void>;
  removeOffboarding(incarnation: string): Promise<void>;

  /** The last receipt of that name. */
  receipt(cluster: string): Promise<Receipt | undefined>;
  /** Keeps the last 10 receipts of a name. Removes inventory, off-boarding record and status of the incarnation with it. */
  complete(receipt: Receipt): Promise<void>;

  close(): Promise<void>;
}

export interface EventPage {
  readonly events: readonly ClusterEvent[];
  readonly complete: boolean;
  /** Id of the newest event there is, 0 when there is none. */
  readonly latest: number;
}
