import { BUCKETS } from '../protocol.ts';
import { bucketOf } from '../bucket.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import type { SimulatedReplica } from './simulated-replica.ts';

/** One key of each bucket. */
export const keys: readonly ResourceKey[] = keysOfBuckets();

/** Who worked on what, in the order of time, with the epoch it had. */
export class WorkLog {
  readonly #last = new Map<string, { readonly epoch: number; readonly by: string }>();
  readonly problems: string[] = [];

  /** Every replica that runs does something for everything that it owns now. */
  record(replicas: readonly SimulatedReplica[], now: number): void {
    for (const { name, replica, isRunning } of replicas) {
      if (!isRunning) continue;
      for (const key of keys)
        if (replica.owns(key)) this.#add(key.name, { epoch: replica.epochOf(key), by: name }, now);
    }
  }

  /** A bucket goes from one to the next and never back: epochs only grow, and each belongs to one replica. */
  #add(name: string, work: { readonly epoch: number; readonly by: string }, now: number): void {
    const last = this.#last.get(name);
    this.#last.set(name, work);
    if (last === undefined || last.epoch < work.epoch) return;
    if (last.epoch === work.epoch && last.by === work.by) return;
    this.problems.push(`${now}: ${work.by} works on ${name} (${work.epoch}) after ${last.by} (${last.epoch})`);
  }
}

/** Names of the replicas that own each key. */
export function ownersOf(replicas: readonly SimulatedReplica[]): readonly (readonly string[])[] {
  const alive = replicas.filter(({ isRunning }) => isRunning);
  return keys.map((key) => alive.filter(({ replica }) => replica.owns(key)).map(({ name }) => name));
}

function keysOfBuckets(): readonly ResourceKey[] {
  const found = new Map<number, ResourceKey>();
  for (let index = 0; found.size < BUCKETS; index += 1) {
    const key = { kind: 'Cluster', name: `c${index}` };
    if (!found.has(bucketOf(key))) found.set(bucketOf(key), key);
  }
  return [...found.values()];
}
