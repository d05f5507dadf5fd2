import type { ResourceKey } from '../resources/resource-key.ts';

/**
 * What keeps a replica that has lost a resource from writing its state: every write of a controller carries the epoch
 * of its ownership, and a store refuses a lower one than it has. Epochs of a resource grow with each change of its owner.
 */
export interface WriteFence {
  /** The epoch of this replica's ownership. @throws NautesError `OwnedElsewhere` when this replica does not own the key */
  readonly epochOf: (key: ResourceKey) => number;
}

/** The epoch of a process that shares its state with no other. */
const SINGLE_PROCESS_EPOCH = 1;

/** The fence of one process that owns everything. */
export const singleProcessFence: WriteFence = { epochOf: () => SINGLE_PROCESS_EPOCH };
