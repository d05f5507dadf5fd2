import { setImmediate as turn } from 'node:timers/promises';
import { CLUSTER_KIND, clusterKey } from '../../../resources/cluster/cluster-key.ts';
import type { ClusterStatus, ComponentStatus } from '../../../resources/cluster/cluster-status.ts';
import type { PublicationStatus } from '../../../resources/cluster/publication.ts';
import type { Condition } from '../../../resources/condition.ts';
import type { State, StatusReader } from '../../../state/index.ts';

/** Statuses that are read without giving others a turn. */
const STATUSES_AT_ONCE = 20;

/** What the gauges count of a status: a tenth of it, as there are no texts. */
export interface CountedStatus extends Pick<ClusterStatus, 'name' | 'phase' | 'credential' | 'paused'> {
  readonly conditions: readonly Pick<Condition, 'type' | 'status' | 'optional'>[];
  readonly components: readonly Pick<ComponentStatus, 'name' | 'phase' | 'reason'>[];
  readonly published: readonly Pick<PublicationStatus, 'name' | 'reason'>[];
}

/** Where statuses are read. */
export interface StatusSource extends Pick<State, 'onChange'> {
  readonly status: Pick<StatusReader, 'get' | 'names'>;
}

/**
 * What is counted of all statuses, kept in memory: a scrape reads only those that have changed since the last one.
 * Nothing is read before the first scrape.
 */
export class CountedStatuses {
  readonly #state: StatusSource;
  readonly #counted = new Map<string, CountedStatus>();
  #changed = new Set<string>();
  #unsubscribe: (() => void) | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(state: StatusSource) {
    this.#state = state;
  }

  /** In no order. What cannot be read is read again the next time. */
  list(): Promise<readonly CountedStatus[]> {
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading.catch(() => {});
    return reading;
  }

  close(): void {
    this.#unsubscribe?.();
  }

  async #read(): Promise<readonly CountedStatus[]> {
    await this.#start();
    const names = [...this.#changed];
    this.#changed = new Set();
    try {
      for (const [index, name] of names.entries()) {
        if (index % STATUSES_AT_ONCE === STATUSES_AT_ONCE - 1) await turn();
        const status = await this.#state.status.get(clusterKey(name));
        if (status === undefined) this.#counted.delete(name);
        else this.#counted.set(name, countedOf(status));
      }
    } catch (error) {
      for (const name of names) this.#changed.add(name);
      throw error;
    }
    return [...this.#counted.values()];
  }

  async #start(): Promise<void> {
    if (this.#unsubscribe !== undefined) return;
    const unsubscribe = this.#state.onChange(({ kind, name }) => {
      if (kind === CLUSTER_KIND) this.#changed.add(name);
    });
    try {
      for (const name of await this.#state.status.names(CLUSTER_KIND)) this.#changed.add(name);
    } catch (error) {
      unsubscribe();
      throw error;
    }
    this.#unsubscribe = unsubscribe;
  }
}

function countedOf({ name, phase, credential, paused, ...rest }: ClusterStatus): CountedStatus {
  const { conditions, components, published = [] } = rest;
  return {
    name,
    phase,
    credential,
    ...(paused && { paused }),
    conditions: conditions.map(({ type, status, optional }) => ({ type, status, ...(optional && { optional }) })),
    components: components.map((component) => ({
      name: component.name,
      phase: component.phase,
      reason: component.reason,
    })),
    published: published.map((publication) => ({ name: publication.name, reason: publication.reason })),
  };
}
