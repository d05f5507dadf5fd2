import type { ClusterState } from '../cluster/cluster-state.ts';

/** What a controller works on: an object by namespace and name. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Runs a function for named objects, once for many requests, after a delay and never within the write that asked
 * for it. An error of the function is a bug of the simulator and is thrown, except when a write was refused.
 */
export class Reconciler {
  readonly #cluster: ClusterState;
  readonly #reconcile: (object: ObjectName) => void;
  readonly #pending = new Map<string, { readonly due: number; readonly cancel: () => void }>();

  constructor(cluster: ClusterState, reconcile: (object: ObjectName) => void) {
    this.#cluster = cluster;
    this.#reconcile = reconcile;
  }

  /** Runs for the object after the delay, or earlier if already scheduled. */
  enqueue(namespace: string, name: string, delayMilliseconds = 0): void {
    const key = `${namespace}/${name}`;
    const due = Date.now() + delayMilliseconds;
    const pending = this.#pending.get(key);
    if (pending !== undefined && pending.due <= due) return;
    pending?.cancel();
    const cancel = this.#cluster.timers.schedule(delayMilliseconds, () => {
      this.#pending.delete(key);
      this.#reconcile({ namespace, name });
    });
    this.#pending.set(key, { due, cancel });
  }
}
