import type { Registration, ResourceKey } from '../resources/resource-key.ts';
import type { StatefulKind, StatusOf } from './documents.ts';

/**
 * The status of each resource: the last one put under its name. It may be lost: controllers make it again from the
 * repository, the secret store and the clusters.
 */
export interface StatusReader {
  get<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<StatusOf<Kind> | undefined>;
  /** The names that have a status, in order: cheaper than the statuses. */
  names(kind: StatefulKind): Promise<readonly string[]>;
  /** Every status of the kind, by name. */
  list<Kind extends StatefulKind>(kind: Kind): Promise<readonly StatusOf<Kind>[]>;
}

/** The same with the right to write, which the reporters of controllers have and nothing else. */
export interface StatusStore extends StatusReader {
  put<Kind extends StatefulKind>(registration: Registration<Kind>, status: StatusOf<Kind>): Promise<void>;
  /**
   * Notes when the last look at the resource began that has ended (RFC 3339): its status then has it as
   * `lastCheckedAt`. Kept in memory and stored with the next status: a look that changes nothing writes nothing, and
   * after a restart the status has the time that was stored last.
   */
  checked(key: ResourceKey, time: string): void;
  /** Removes the status if it is of this incarnation. Absent is fine. */
  remove(registration: Registration): Promise<void>;
}
