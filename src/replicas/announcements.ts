import { BackgroundTasks } from '../base/async/background-tasks.ts';
import type { OwnershipChange, OwnershipListener } from '../resources/ownership.ts';
import type { ResourceKey } from '../resources/resource-key.ts';
import { bucketOf } from './bucket.ts';

/** Buckets that a replica works on, in which term of its membership. */
export interface Owned {
  readonly buckets: ReadonlySet<number>;
  /** {@link Membership.term} */
  readonly term: number;
}

/** Tells listeners which resources a replica has gained and lost. */
export class Announcements {
  readonly #listeners = new Set<OwnershipListener>();
  /** Work on what was lost, until it has ended. */
  readonly #ending: BackgroundTasks;
  /** What listeners know to be owned. */
  #told: Owned = { buckets: new Set(), term: 0 };

  /** @param onError told of a listener that rejects */
  constructor(onError: (error: unknown) => void) {
    this.#ending = new BackgroundTasks(onError);
  }

  /** Returns the unsubscriber. */
  subscribe(listener: OwnershipListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Tells what has changed since listeners were told last. Resolves when work on what was lost has ended. What was owned
   * before and after a fence is lost and gained: requests for it were dropped in between.
   */
  tell(now: Owned): Promise<void> {
    if (now.term !== this.#told.term) this.#change(this.#told.buckets, new Set());
    const before = now.term === this.#told.term ? this.#told.buckets : new Set<number>();
    this.#told = now;
    this.#change(before, now.buckets);
    return this.#ending.idle();
  }

  #change(before: ReadonlySet<number>, now: ReadonlySet<number>): void {
    if (before.size === now.size && [...now].every((bucket) => before.has(bucket))) return;
    const change: OwnershipChange = {
      gained: (key) => isIn(now, key) && !isIn(before, key),
      lost: (key) => isIn(before, key) && !isIn(now, key),
    };
    for (const listener of this.#listeners) this.#ending.add(listener(change));
  }
}

function isIn(buckets: ReadonlySet<number>, key: ResourceKey): boolean {
  return buckets.has(bucketOf(key));
}
