import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { NewEvent, ResourceEvent } from '../../resources/event.ts';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { EventFilter, EventLog, EventPage, EventScope, ReceiptPlace, StatusStore } from '../../state/index.ts';

/** The statuses of clusters, in memory. */
export class FakeStatus implements StatusStore {
  readonly #byName = new Map<string, ClusterStatus>();

  async get({ name }: ResourceKey): Promise<ClusterStatus | undefined> {
    return this.#byName.get(name);
  }

  async list(): Promise<readonly ClusterStatus[]> {
    return [...this.#byName.values()];
  }

  async names(): Promise<readonly string[]> {
    return [...this.#byName.keys()].sort();
  }

  async put({ name }: Registration, status: ClusterStatus): Promise<void> {
    this.#byName.set(name, status);
  }

  checked({ name }: ResourceKey, lastCheckedAt: string): void {
    const status = this.#byName.get(name);
    if (status !== undefined) this.#byName.set(name, { ...status, lastCheckedAt });
  }

  async remove({ name }: Registration): Promise<void> {
    this.#byName.delete(name);
  }

  /** As `put`, under the status's own name. */
  async set(status: ClusterStatus): Promise<void> {
    await this.put({ kind: CLUSTER_KIND, ...status }, status);
  }
}

/** Receipts in the order in which they were set. */
export class FakeReceipts {
  readonly #receipts: Receipt[] = [];

  async receipt({ name }: ResourceKey): Promise<Receipt | undefined> {
    return this.#receipts.findLast(({ cluster }) => cluster === name);
  }

  async receiptsOf({ name }: ResourceKey): Promise<readonly Receipt[]> {
    return this.#receipts.filter(({ cluster }) => cluster === name).toReversed();
  }

  async receipts(
    _kind: string,
    { limit, after }: { readonly limit: number; readonly after?: ReceiptPlace },
  ): Promise<readonly Receipt[]> {
    const all = this.#receipts.toReversed();
    const start = after === undefined ? 0 : all.findIndex(({ incarnation }) => incarnation === after.incarnation) + 1;
    return all.slice(start, start + limit);
  }

  set(receipt: Receipt): void {
    this.#receipts.push(receipt);
  }
}

/** Events in memory, with the retention that the test wants; it does not tell resources apart. */
export class FakeEvents implements EventLog {
  readonly #listeners = new Set<(event: ResourceEvent) => void>();
  readonly #retention: number;
  #events: ResourceEvent[] = [];
  #latest = 0;
  #dropped = 0;

  constructor(retention = 200) {
    this.#retention = retention;
  }

  /** Number of `onEvent` subscriptions. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async add(event: NewEvent): Promise<ResourceEvent> {
    this.#latest += 1;
    const added = { ...event, id: this.#latest, time: '2026-01-02T03:04:05.678Z' };
    this.#events.push(added);
    if (this.#events.length > this.#retention) this.#dropped = this.#events.shift()?.id ?? this.#dropped;
    for (const listener of this.#listeners) listener(added);
    return added;
  }

  async after(id: number, { name }: EventScope, limit: number): Promise<EventPage> {
    const matching = this.#events.filter((event) => event.id > id && (name ?? event.name) === event.name);
    return {
      events: matching.slice(0, limit),
      complete: this.#dropped <= id && id <= this.#latest,
      latest: this.#latest,
    };
  }

  async latest({ name }: EventScope, { type, reason }: EventFilter, limit: number): Promise<readonly ResourceEvent[]> {
    const matching = this.#events.filter(
      (event) =>
        (name ?? event.name) === event.name &&
        (type ?? event.type) === event.type &&
        (reason ?? event.reason) === event.reason,
    );
    return matching.toReversed().slice(0, limit);
  }

  onEvent(listener: (event: ResourceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
