import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { OffboardingRecord } from '../resources/cluster/offboarding-record.ts';
import type { ClusterStatus } from '../resources/status.ts';
import type { ClusterEvent } from '../resources/event.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { Receipt } from '../resources/cluster/receipt.ts';
import type { NewEvent, StatusStore } from './status-store.ts';

/** A place that holds status, apart from the process that uses it. */
export interface StatusStoreFixture {
  /** Opens the same place; called again after a close it finds what was stored. */
  open(): Promise<StatusStore>;
  cleanUp(): Promise<void>;
}

export function statusOf(name: string, changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    name,
    incarnation: 'one',
    phase: 'Provisioning',
    observedGeneration: 'a blob',
    conditions: [
      {
        type: 'Reachable',
        status: 'False',
        reason: 'Unreachable',
        message: 'ü "quoted" \u2028',
        remedy: 'look at it',
        lastTransitionTime: '2030-01-01T00:00:00Z',
      },
    ],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: 'v1.36.4', uid: 'a uid' },
    entryPoints: ['https://127.0.1.1:30443'],
    commit: 'a commit',
    ...changes,
  };
}

export function eventOf(cluster: string, message = ''): NewEvent {
  return {
    cluster,
    incarnation: 'one',
    type: 'Normal',
    reason: 'ComponentReady',
    message,
    subject: 'components/argocd',
  };
}

export function objectOf(name: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'argocd', name };
}

export function entryOf(name: string, changes: Partial<InventoryEntry> = {}): InventoryEntry {
  return { ...objectOf(name), component: 'argocd', uid: '', hash: '', revision: '', foreign: false, ...changes };
}

export function offboardingOf(cluster: string, incarnation: string): OffboardingRecord {
  return {
    cluster,
    incarnation,
    apiServer: 'https://127.0.1.1:6443',
    hostCluster: '',
    requestedBy: 'alice',
    requestedAt: '2030-01-01T00:00:00Z',
    requestId: 'a request',
    forced: false,
    commit: '',
    startedAt: '',
  };
}

export function receiptOf(cluster: string, incarnation: string, changes: Partial<Receipt> = {}): Receipt {
  return {
    cluster,
    incarnation,
    apiServer: 'https://127.0.1.1:6443',
    kubernetesUid: 'a uid',
    requestedBy: 'alice',
    requestedAt: '2030-01-01T00:00:00Z',
    completedAt: '2030-01-01T00:01:00Z',
    forced: false,
    outcome: 'Complete',
    commit: 'a commit',
    created: [objectOf('a'), objectOf('b')],
    removed: [objectOf('a')],
    left: [{ ...objectOf('b'), reason: 'it is foreign' }],
    remaining: [],
    ...changes,
  };
}

type WithStore = (test: (store: StatusStore, fixture: StatusStoreFixture) => Promise<void>) => Promise<void>;

/** The behaviour that every status store has. */
export function describeStatusStoreContract(name: string, create: () => Promise<StatusStoreFixture>): void {
  describe(`${name} as a status store`, () => {
    const withStore: WithStore = async (test) => {
      const fixture = await create();
      const store = await fixture.open();
      try {
        await test(store, fixture);
      } finally {
        await store.close();
        await fixture.cleanUp();
      }
    };
    describeStatuses(withStore);
    describeEvents(withStore);
    describeInventory(withStore);
    describeOffboarding(withStore);
    describeLifeCycle(withStore);
  });
}

function describeStatuses(withStore: WithStore): void {
  it('says whether it can be written to, and not when it is closed', () =>
    withStore(async (store) => {
      await store.checkWritable();
      await store.close();
      await assert.rejects(store.checkWritable(), { reason: 'Closing' });
    }));

  it('gives back a status as it was put last', () =>
    withStore(async (store) => {
      assert.equal(await store.status('a'), undefined);
      await store.putStatus(statusOf('a'));
      assert.deepEqual(await store.status('a'), statusOf('a'));
      const ready = statusOf('a', { phase: 'Ready', incarnation: 'two' });
      await store.putStatus(ready);
      await store.putStatus(statusOf('b'));
      assert.deepEqual(await store.status('a'), ready);
      assert.deepEqual(await store.statuses(), [ready, statusOf('b')]);
    }));

  it('removes a status of the incarnation and not one of a newer registration', () =>
    withStore(async (store) => {
      await store.putStatus(statusOf('a', { incarnation: 'two' }));
      await store.removeStatus('a', 'one');
      assert.equal((await store.status('a'))?.incarnation, 'two');
      await store.removeStatus('a', 'two');
      await store.removeStatus('a', 'two');
      assert.equal(await store.status('a'), undefined);
    }));
}

function describeEvents(withStore: WithStore): void {
  it('gives events increasing ids and announces them in that order once they can be read', () =>
    withStore(async (store) => {
      const heard: ClusterEvent[] = [];
      const readable: Promise<boolean>[] = [];
      store.onEvent((event) => {
        heard.push(event);
        readable.push(store.eventsAfter(event.id - 1, undefined, 1).then((page) => page.events[0]?.id === event.id));
      });
      const began = Date.now();
      const names = Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? 'a' : 'b'));
      const added = await Promise.all(names.map((cluster, index) => store.addEvent(eventOf(cluster, String(index)))));
      assert.deepEqual(heard, added);
      assert.deepEqual(new Set(await Promise.all(readable)), new Set([true]));
      for (const [index, event] of added.entries()) {
        assert.deepEqual(
          { ...event, id: 0, time: '' },
          { ...eventOf(names[index] ?? '', String(index)), id: 0, time: '' },
        );
        assert.ok(event.id > (added[index - 1]?.id ?? 0));
        assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.ok(Date.parse(event.time) >= began - 1000);
      }
    }));

  it('gives the events after an id, of one cluster or of all', () =>
    withStore(async (store) => {
      assert.deepEqual(await store.eventsAfter(0, undefined, 10), { events: [], complete: true, latest: 0 });
      const added: ClusterEvent[] = [];
      for (const cluster of ['a', 'b', 'a', 'b', 'a']) added.push(await store.addEvent(eventOf(cluster)));
      const latest = added.at(-1)?.id ?? 0;
      const second = added[1]?.id ?? 0;
      assert.deepEqual(await store.eventsAfter(0, undefined, 10), { events: added, complete: true, latest });
      assert.deepEqual((await store.eventsAfter(0, undefined, 2)).events, added.slice(0, 2));
      assert.deepEqual((await store.eventsAfter(second, undefined, 10)).events, added.slice(2));
      assert.deepEqual((await store.eventsAfter(second, 'a', 10)).events, [added[2], added[4]]);
      assert.deepEqual(await store.eventsAfter(latest, 'a', 10), { events: [], complete: true, latest });
      assert.deepEqual(await store.eventsAfter(0, 'nobody', 10), { events: [], complete: true, latest });
      assert.deepEqual((await store.eventsAfter(0, undefined, 0)).events, []);
    }));

  it('keeps the last 200 events of each cluster and says when some are missing', () =>
    withStore(async (store) => {
      const quiet = await store.addEvent(eventOf('quiet'));
      const added = await Promise.all(Array.from({ length: 250 }, () => store.addEvent(eventOf('busy'))));
      const kept = added.slice(50);
      const [firstKept, lastDropped] = [kept[0]?.id ?? 0, added[49]?.id ?? 0];
      const page = await store.eventsAfter(0, 'busy', 1000);
      assert.deepEqual(page.events, kept);
      assert.equal(page.complete, false);
      assert.equal((await store.eventsAfter(lastDropped - 1, 'busy', 1000)).complete, false);
      assert.equal((await store.eventsAfter(lastDropped, 'busy', 1000)).complete, true);
      assert.equal((await store.eventsAfter(firstKept, 'busy', 1000)).complete, true);
      const ofQuiet = await store.eventsAfter(0, 'quiet', 1000);
      assert.deepEqual([ofQuiet.events, ofQuiet.complete], [[quiet], true]);
      assert.equal((await store.eventsAfter(0, undefined, 1000)).complete, false);
      assert.equal((await store.eventsAfter(quiet.id, undefined, 1000)).complete, false);
      assert.equal((await store.eventsAfter(lastDropped, undefined, 1000)).complete, true);
    }));

  it('says that something is missing to those who have seen an event that it does not know', () =>
    withStore(async (store) => {
      const { id } = await store.addEvent(eventOf('a'));
      assert.deepEqual(await store.eventsAfter(id + 1, undefined, 10), { events: [], complete: false, latest: id });
    }));

  it('does not announce to those who have left, nor let one listener disturb another', () =>
    withStore(async (store) => {
      const heard: string[] = [];
      const listener = (event: ClusterEvent): void => void heard.push(event.message);
      store.onEvent(() => {
        throw new Error('expected');
      });
      const leave = store.onEvent(listener);
      const leaveAgain = store.onEvent(listener);
      await store.addEvent(eventOf('a', 'one'));
      leave();
      leave();
      await store.addEvent(eventOf('a', 'two'));
      leaveAgain();
      await store.addEvent(eventOf('a', 'three'));
      assert.deepEqual(heard, ['one', 'one', 'two']);
    }));

  it('cuts a message that is too long', () =>
    withStore(async (store) => {
      const { message } = await store.addEvent(eventOf('a', '😀'.repeat(5000)));
      assert.ok(message.length <= 2000 && message.isWellFormed() && message.startsWith('😀'));
    }));
}

function describeInventory(withStore: WithStore): void {
  const byName = (entries: readonly InventoryEntry[]): InventoryEntry[] =>
    entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));

  it('adds entries, replaces those of the same component and object, and keeps registrations apart', () =>
    withStore(async (store) => {
      assert.deepEqual(await store.inventory('one'), []);
      await store.putInventory('one', []);
      await store.putInventory('one', [entryOf('a'), entryOf('b', { foreign: true, namespace: '' })]);
      await store.putInventory('two', [entryOf('a')]);
      const applied = entryOf('a', { uid: 'a uid', hash: 'a hash', revision: '7' });
      await store.putInventory('one', [applied, entryOf('c')]);
      const expected = [applied, entryOf('b', { foreign: true, namespace: '' }), entryOf('c')];
      assert.deepEqual(byName(await store.inventory('one')), expected);
      assert.deepEqual(await store.inventory('two'), [entryOf('a')]);
    }));

  it('keeps objects apart that differ in any part of their reference, and entries of two components', () =>
    withStore(async (store) => {
      const entries = [
        entryOf('a'),
        entryOf('a', { apiVersion: 'v1' }),
        entryOf('a', { kind: 'Service' }),
        entryOf('a', { namespace: 'b' }),
        entryOf('a', { component: 'traefik' }),
      ];
      await store.putInventory('one', entries);
      assert.equal((await store.inventory('one')).length, entries.length);
      await store.removeInventory('one', [objectOf('a')]);
      const left = await store.inventory('one');
      assert.equal(left.length, 3);
      assert.ok(
        left.every(
          (entry) => entry.apiVersion !== 'apps/v1' || entry.kind !== 'Deployment' || entry.namespace !== 'argocd',
        ),
      );
    }));

  it('removes entries, also absent ones, of that registration only', () =>
    withStore(async (store) => {
      await store.putInventory('one', [entryOf('a'), entryOf('b')]);
      await store.putInventory('two', [entryOf('a')]);
      await store.removeInventory('one', [objectOf('a'), objectOf('never')]);
      await store.removeInventory('three', [objectOf('a')]);
      assert.deepEqual(await store.inventory('one'), [entryOf('b')]);
      assert.deepEqual(await store.inventory('two'), [entryOf('a')]);
    }));

  it('takes many entries of many registrations side by side', () =>
    withStore(async (store) => {
      const entries = Array.from({ length: 179 }, (_, index) => entryOf(`object-${String(index).padStart(3, '0')}`));
      const incarnations = Array.from({ length: 20 }, (_, index) => `incarnation-${index}`);
      await Promise.all(incarnations.map((incarnation) => store.putInventory(incarnation, entries)));
      for (const incarnation of incarnations) assert.deepEqual(byName(await store.inventory(incarnation)), entries);
    }));
}

function describeOffboarding(withStore: WithStore): void {
  it('keeps an off-boarding record until it is removed', () =>
    withStore(async (store) => {
      await store.putOffboarding(offboardingOf('a', 'one'));
      await store.putOffboarding(offboardingOf('a', 'two'));
      const begun = { ...offboardingOf('a', 'one'), commit: 'a commit', startedAt: '2030-01-01T00:00:01Z' };
      await store.putOffboarding(begun);
      assert.deepEqual(await store.offboardings(), [begun, offboardingOf('a', 'two')]);
      await store.removeOffboarding('one');
      await store.removeOffboarding('one');
      assert.deepEqual(await store.offboardings(), [offboardingOf('a', 'two')]);
    }));

  it('puts the receipt in place of all that belongs to the incarnation', () =>
    withStore(async (store) => {
      await store.putStatus(statusOf('a', { incarnation: 'one' }));
      await store.putInventory('one', [entryOf('a')]);
      await store.putInventory('two', [entryOf('a')]);
      await store.putOffboarding(offboardingOf('a', 'one'));
      await store.putOffboarding(offboardingOf('b', 'two'));
      const { id } = await store.addEvent(eventOf('a'));
      assert.equal(await store.receipt('a'), undefined);
      await store.complete(receiptOf('a', 'one'));
      assert.deepEqual(await store.receipt('a'), receiptOf('a', 'one'));
      assert.equal(await store.status('a'), undefined);
      assert.deepEqual(await store.inventory('one'), []);
      assert.deepEqual(await store.inventory('two'), [entryOf('a')]);
      assert.deepEqual(await store.offboardings(), [offboardingOf('b', 'two')]);
      assert.equal((await store.eventsAfter(0, 'a', 10)).events[0]?.id, id, 'the story stays');
    }));

  it('keeps the status of the newer registration that waits for the receipt', () =>
    withStore(async (store) => {
      await store.putStatus(statusOf('a', { incarnation: 'two' }));
      await store.complete(receiptOf('a', 'one'));
      assert.equal((await store.status('a'))?.incarnation, 'two');
    }));

  it('knows what was left on a cluster, under whichever name', () =>
    withStore(async (store) => {
      const changes = { outcome: 'Incomplete', kubernetesUid: 'uid-1', apiServer: 'https://one' } as const;
      await store.complete(receiptOf('a', 'one', changes));
      await store.complete(receiptOf('a', 'two', { ...changes, outcome: 'Complete' }));
      await store.complete(receiptOf('b', 'three', changes));
      await store.complete(receiptOf('c', 'four', { ...changes, kubernetesUid: 'uid-2' }));
      await store.complete(receiptOf('d', 'five', { ...changes, kubernetesUid: '', apiServer: '' }));
      assert.deepEqual(await store.residues({ kubernetesUid: 'uid-1' }), ['one', 'three']);
      assert.deepEqual(await store.residues({ apiServer: 'https://one' }), ['one', 'three', 'four']);
      assert.deepEqual(await store.residues({ kubernetesUid: 'uid-2', apiServer: 'https://two' }), ['four']);
      assert.deepEqual(await store.residues({ kubernetesUid: '', apiServer: '' }), []);
    }));

  it('gives the last receipt of a name, also when the same one comes twice', () =>
    withStore(async (store) => {
      for (let count = 1; count <= 15; count += 1) await store.complete(receiptOf('a', String(count)));
      await store.complete(receiptOf('b', 'other'));
      assert.equal((await store.receipt('a'))?.incarnation, '15');
      await store.complete(receiptOf('a', '15', { outcome: 'Incomplete' }));
      assert.equal((await store.receipt('a'))?.outcome, 'Incomplete');
      await store.complete(receiptOf('a', '14', { outcome: 'Incomplete' }));
      assert.equal((await store.receipt('a'))?.incarnation, '15');
    }));
}

function describeLifeCycle(withStore: WithStore): void {
  it('keeps everything over a close, event ids included, and refuses work after it', () =>
    withStore(async (store, fixture) => {
      await store.putStatus(statusOf('a'));
      await store.putInventory('one', [entryOf('a')]);
      await store.putOffboarding(offboardingOf('a', 'one'));
      await store.complete(receiptOf('b', 'two'));
      const waiting = store.addEvent(eventOf('a'));
      await store.close();
      await store.close();
      const { id } = await waiting;
      for (const work of [store.putStatus(statusOf('b')), store.addEvent(eventOf('a')), store.status('a')]) {
        await assert.rejects(work, { reason: 'Closing' });
      }
      const again = await fixture.open();
      try {
        assert.deepEqual(await again.statuses(), [statusOf('a')]);
        assert.deepEqual(await again.inventory('one'), [entryOf('a')]);
        assert.deepEqual(await again.offboardings(), [offboardingOf('a', 'one')]);
        assert.deepEqual(await again.receipt('b'), receiptOf('b', 'two'));
        assert.equal((await again.eventsAfter(0, 'a', 10)).latest, id);
        assert.ok((await again.addEvent(eventOf('a'))).id > id);
      } finally {
        await again.close();
      }
    }));
}
