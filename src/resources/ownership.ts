import type { ResourceKey } from './resource-key.ts';

/** What a process works on now that it did not before, and the other way round. */
export interface OwnershipChange {
  readonly gained: (key: ResourceKey) => boolean;
  readonly lost: (key: ResourceKey) => boolean;
}

/** Told of each change. What it returns resolves when nothing works any more on what was lost. */
export type OwnershipListener = (change: OwnershipChange) => Promise<void>;

/** Which resources a process works on, where several share the work. Each has at most one owner at a time. */
export interface Ownership {
  readonly owns: (key: ResourceKey) => boolean;
  /** Returns the unsubscriber. */
  readonly onChange: (listener: OwnershipListener) => () => void;
}
