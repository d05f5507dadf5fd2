import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { ClusterStatus } from '../../resources/status.ts';
import type { ClusterEvent } from '../../resources/event.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { EventPage, NewEvent, StatusStore } from '../../state/status-store.ts';

/** The reading side of a status store in memory, with the retention that the test wants. */
export class FakeStatus implements StatusStore {
  readonly statusByName = new Map<string, ClusterStatus>();
  readonly receiptByName = new Map<string, Receipt>();
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  readonly #retention: number;
  #events: ClusterEvent[] = [];
  #latest = 0;
  #dropped = 0;

  constructor(retention = 200) {
    this.#retention = retention;
  }

  /** Number of `onEvent` subscriptions. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async status(cluster: string): Promise<ClusterStatus | undefined> {
    return this.statusByName.get(cluster);
  }

  async statuses(): Promise<readonly ClusterStatus[]> {
    return [...this.statusByName.values()];
  }

  async putStatus(status: ClusterStatus): Promise<void> {
    this.statusByName.set(status.name, status);
  }

  async removeStatus(cluster: string): Promise<void> {
    this.statusByName.delete(cluster);
  }

  async addEvent(event: NewEvent): Promise<ClusterEvent> {
    this.#latest += 1;
    const added = { ...event, id: this.#latest, time: '2026-01-02T03:04:05.678Z' };
    this.#events.push(added);
    if (this.#events.length > this.#retention) this.#dropped = this.#events.shift()?.id ?? this.#dropped;
    for (const listener of this.#listeners) listener(added);
    return added;
  }

  async eventsAfter(id: number, cluster: string | undefined, limit: number): Promise<EventPage> {
    const matching = this.#events.filter((event) => event.id > id && (cluster ?? event.cluster) === event.cluster);
    return {
      events: matching.slice(0, limit),
      complete: this.#dropped <= id && id <= this.#latest,
      latest: this.#latest,
    };
  }

  onEvent(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async inventory(): Promise<readonly []> {
    return [];
  }

  async putInventory(): Promise<void> {}

  async removeInventory(): Promise<void> {}

  async offboardings(): Promise<readonly OffboardingRecord[]> {
    return [];
  }

  async putOffboarding(): Promise<void> {}

  async removeOffboarding(): Promise<void> {}

  async receipt(cluster: string): Promise<Receipt | undefined> {
    return this.receiptByName.get(cluster);
  }

  async residues(): Promise<readonly string[]> {
    return [];
  }

  async complete(receipt: Receipt): Promise<void> {
    this.receiptByName.set(receipt.cluster, receipt);
  }

  async checkWritable(): Promise<void> {}

  async close(): Promise<void> {}
}
