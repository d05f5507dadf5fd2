import type { Lease, LeaseListener, LeaseStore } from './lease.ts';
import { LeaseView } from './lease-view.ts';
import type { OwnClock } from './own-clock.ts';
import { DURATION_MILLISECONDS, RENEW_RETRY_MILLISECONDS } from './protocol.ts';

export interface LeaseFollowerOptions {
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  /** The member that this replica is now; empty while it is none. */
  readonly self: () => string;
  /** Told when a holder has changed, or a Lease is gone. */
  readonly onChange: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/** Follows all Leases, and tells others of them. */
export class LeaseFollower {
  readonly view = new LeaseView();
  readonly #options: LeaseFollowerOptions;
  readonly #listeners = new Set<LeaseListener>();
  #following = new AbortController();
  /** When a renewal of its own was seen by the watch. */
  #sawOwnAt = 0;
  #isComplete = false;

  constructor(options: LeaseFollowerOptions) {
    this.#options = options;
  }

  /** All Leases were seen once. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Tells of all Leases that are there now and of each change. Returns the unsubscriber. */
  subscribe(listener: LeaseListener): () => void {
    this.#listeners.add(listener);
    if (this.#isComplete) listener.all([...this.view.leases]);
    return () => this.#listeners.delete(listener);
  }

  /** What was written here, or read past the watch; `undefined`: there is none of the name. */
  note(name: string, lease: Lease | undefined): void {
    const now = this.#options.clock.now();
    if (lease === undefined) this.view.remove(name, now);
    else this.view.putRead(lease, now);
  }

  /** Follows until the signal aborts, whatever happens. Rejects with its reason then. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, onTrouble } = this.#options;
    while (!signal.aborted) {
      this.#following = new AbortController();
      this.#sawOwnAt = clock.now();
      await store.follow(this.#listener, AbortSignal.any([signal, this.#following.signal])).catch((error: unknown) => {
        if (!signal.aborted) onTrouble(error);
      });
      await clock.sleep(RENEW_RETRY_MILLISECONDS, signal);
    }
  }

  /**
   * Begins again where the watch is dead: one that does not even tell of the own renewals is, though its connection may
   * stand. To be called while the own Lease is renewed.
   */
  checkWatch(): void {
    if (this.#options.clock.now() - this.#sawOwnAt >= DURATION_MILLISECONDS) this.#following.abort();
  }

  readonly #listener: LeaseListener = {
    all: (leases) => {
      this.view.replaceAll(leases, this.#options.clock.now());
      this.#isComplete = true;
      for (const listener of this.#listeners) listener.all(leases);
      this.#options.onChange();
    },
    changed: (lease) => {
      const before = this.view.find(lease.name);
      const { clock, self, onChange } = this.#options;
      if (lease.name === self()) this.#sawOwnAt = clock.now();
      this.view.put(lease, clock.now());
      for (const listener of this.#listeners) listener.changed(lease);
      if (before?.holder !== lease.holder) onChange();
    },
    gone: (name) => {
      this.view.remove(name, this.#options.clock.now());
      for (const listener of this.#listeners) listener.gone(name);
      this.#options.onChange();
    },
  };
}
