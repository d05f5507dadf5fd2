import { sha256 } from '../base/hash.ts';
import type { Logger } from '../base/logger.ts';
import type { ResourceKey } from '../resources/resource-key.ts';
import { type Lease, LeaseConflict, type LeaseStore } from './lease.ts';
import { limited } from './membership.ts';
import type { OwnClock } from './own-clock.ts';
import type { Replica } from './replica.ts';

const KIND_ANNOTATION = 'nautes.io/kind';
const NAME_ANNOTATION = 'nautes.io/name';

export interface LookRequestsOptions {
  readonly replica: Pick<Replica, 'name' | 'owns' | 'onLease' | 'onChange'>;
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  readonly logger: Logger;
  /** Looks at a resource that this replica works on; absent where it works on none. */
  readonly look?: (key: ResourceKey) => void;
}

/**
 * Requests to look at a resource now, from any replica to the one that works on it. Each is an object of its own that
 * waits until it is taken, also by the next owner; it is removed before the look, which therefore begins after it was
 * asked for.
 */
export class LookRequests {
  readonly #options: LookRequestsOptions;
  readonly #closing = new AbortController();
  readonly #waiting = new Map<string, Lease>();
  readonly #unsubscribers: readonly (() => void)[];

  constructor(options: LookRequestsOptions) {
    this.#options = options;
    const { replica } = options;
    this.#unsubscribers =
      options.look === undefined
        ? []
        : [
            replica.onLease({
              all: (leases) => {
                this.#waiting.clear();
                leases.forEach((lease) => this.#onSeen(lease));
              },
              changed: (lease) => this.#onSeen(lease),
              gone: (name) => this.#waiting.delete(name),
            }),
            replica.onChange(() => {
              this.#takeOwn();
              return Promise.resolve();
            }),
          ];
  }

  /** Asks the owner for a look. @throws NautesError when that cannot be written down now */
  async request(key: ResourceKey, signal: AbortSignal): Promise<void> {
    const { replica, store, clock, look } = this.#options;
    if (look !== undefined && replica.owns(key)) return look(key);
    const lease: Lease = {
      name: `nautes-look-${sha256(`${key.kind}/${key.name}`).slice(0, 32)}`,
      role: 'look',
      holder: replica.name,
      epoch: 0,
      renewTime: '',
      annotations: { [KIND_ANNOTATION]: key.kind, [NAME_ANNOTATION]: key.name },
      resourceVersion: '',
    };
    try {
      await limited(clock, signal, (inTime) => store.create(lease, inTime));
    } catch (error) {
      if (!(error instanceof LeaseConflict)) throw error; // else a look that has not begun was asked for already
    }
  }

  close(): void {
    this.#closing.abort();
    for (const unsubscribe of this.#unsubscribers) unsubscribe();
  }

  #onSeen(lease: Lease): void {
    if (lease.role !== 'look') return;
    this.#waiting.set(lease.name, lease);
    this.#takeOwn();
  }

  #takeOwn(): void {
    for (const lease of this.#waiting.values()) {
      const { [KIND_ANNOTATION]: kind = '', [NAME_ANNOTATION]: name = '' } = lease.annotations;
      if (!this.#options.replica.owns({ kind, name })) continue;
      this.#waiting.delete(lease.name);
      void this.#take(lease, { kind, name });
    }
  }

  async #take(lease: Lease, key: ResourceKey): Promise<void> {
    const { store, clock, look, logger } = this.#options;
    try {
      await limited(clock, this.#closing.signal, (signal) => store.remove(lease, signal));
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      if (!(error instanceof LeaseConflict))
        logger.debug({ error, name: key.name }, 'a request to look was not removed');
    }
    look?.(key);
  }
}
