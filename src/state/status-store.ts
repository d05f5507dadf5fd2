import type { InventoryEntry } from '../resources/inventory.ts';
import type { OffboardingRecord } from '../resources/cluster/offboarding-record.ts';
import type { ClusterStatus } from '../resources/status.ts';
import type { ClusterEvent } from '../resources/event.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { Receipt } from '../resources/cluster/receipt.ts';

export type NewEvent = Omit<ClusterEvent, 'id' | 'time'>;

/** What is known about clusters at run time. Everything here can be lost without losing a cluster's desired state. */
export interface StatusStore {
  status(cluster: string): Promise<ClusterStatus | undefined>;
  statuses(): Promise<readonly ClusterStatus[]>;
  putStatus(status: ClusterStatus): Promise<void>;
  /** Removes the status when it is of this incarnation. */
  removeStatus(cluster: string, incarnation: string): Promise<void>;

  /** Adds an event; keeps the last 200 of each cluster. Resolves when it is stored. */
  addEvent(event: NewEvent): Promise<ClusterEvent>;
  /**
   * Events after the id, oldest first; `complete` is false when events between were dropped by retention, or when the
   * id is newer than any event there is (it comes from another store).
   * @param cluster only of this cluster, all clusters when undefined
   * @param limit at most so many, and never more than 1000
   */
  eventsAfter(id: number, cluster: string | undefined, limit: number): Promise<EventPage>;
  /** Calls the listener for each event stored from now on, in order of their ids. Returns the unsubscriber. */
  onEvent(listener: (event: ClusterEvent) => void): () => void;

  inventory(incarnation: string): Promise<readonly InventoryEntry[]>;
  /** Adds or replaces entries (same component and object). Durable when it resolves. */
  putInventory(incarnation: string, entries: readonly InventoryEntry[]): Promise<void>;
  /** Removes the entries of these objects, of whichever component. Absent is fine. */
  removeInventory(incarnation: string, objects: readonly ObjectReference[]): Promise<void>;

  offboardings(): Promise<readonly OffboardingRecord[]>;
  /** Durable when it resolves. */
  putOffboarding(record: OffboardingRecord): Promise<void>;
  removeOffboarding(incarnation: string): Promise<void>;

  /** The last receipt of that name. */
  receipt(cluster: string): Promise<Receipt | undefined>;
  /**
   * Incarnations whose receipt says that not everything could be removed from the Kubernetes cluster with this UID or
   * at this address, under whichever name it was registered. An empty UID or address is that of no cluster.
   */
  residues(place: { readonly kubernetesUid?: string; readonly apiServer?: string }): Promise<readonly string[]>;
  /**
   * Stores the receipt, replacing one of the same incarnation, and removes inventory, off-boarding record and status of
   * the incarnation with it: all of it or nothing. Durable when it resolves. Keeps the last 10 receipts of a name.
   */
  complete(receipt: Receipt): Promise<void>;

  /** Whether something can be stored now. @throws NautesError `StatusStoreUnavailable`, `Closing` */
  checkWritable(): Promise<void>;
  close(): Promise<void>;
}

export interface EventPage {
  readonly events: readonly ClusterEvent[];
  readonly complete: boolean;
  /** Id of the newest event there is, 0 when there is none. */
  readonly latest: number;
}
