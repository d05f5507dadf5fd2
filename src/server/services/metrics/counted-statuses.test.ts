import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterKey } from '../../../resources/cluster/cluster-key.ts';
import { blankStatus, type ClusterStatus } from '../../../resources/cluster/cluster-status.ts';
import type { Phase } from '../../../resources/phase.ts';
import { ChangeListeners } from '../../../state/change-listeners.ts';
import { CountedStatuses, type StatusSource } from './counted-statuses.ts';

/** Statuses in memory that note what is read. */
class Statuses {
  readonly read: string[] = [];
  readonly #changes = new ChangeListeners();
  readonly onChange = this.#changes.add;
  readonly #stored = new Map<string, ClusterStatus>();
  failing = false;
  readonly status: StatusSource['status'] = {
    get: async ({ name }) => {
      if (this.failing) throw new Error('failed on purpose');
      this.read.push(name);
      return this.#stored.get(name);
    },
    names: async () => [...this.#stored.keys()],
  };

  put(name: string, phase: Phase): void {
    this.#stored.set(
      name,
      blankStatus({ name, incarnation: 'i', observedGeneration: '', commit: '', phase, conditions: [] }),
    );
    this.#changes.tell(clusterKey(name));
  }

  remove(name: string): void {
    this.#stored.delete(name);
    this.#changes.tell(clusterKey(name));
  }
}

async function phasesOf(counted: CountedStatuses): Promise<Record<string, Phase>> {
  return Object.fromEntries((await counted.list()).map(({ name, phase }) => [name, phase]));
}

describe('what is counted of statuses', () => {
  it('is read at first as a whole, and then where something has changed', async () => {
    const state = new Statuses();
    const counted = new CountedStatuses(state);
    for (const name of ['a', 'b', 'c']) state.put(name, 'Pending');
    assert.deepEqual(await phasesOf(counted), { a: 'Pending', b: 'Pending', c: 'Pending' });
    state.put('b', 'Ready');
    state.remove('c');
    state.put('d', 'Failed');
    state.read.length = 0;
    assert.deepEqual(await phasesOf(counted), { a: 'Pending', b: 'Ready', d: 'Failed' });
    assert.deepEqual(state.read, ['b', 'c', 'd']);
  });

  it('is read again after a time when that failed', async () => {
    const state = new Statuses();
    const counted = new CountedStatuses(state);
    state.put('a', 'Pending');
    state.failing = true;
    await assert.rejects(counted.list(), /failed on purpose/);
    state.failing = false;
    assert.deepEqual(await phasesOf(counted), { a: 'Pending' });
  });
});
