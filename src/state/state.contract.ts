import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLUSTER_KIND, clusterKey } from '../resources/cluster/cluster-key.ts';
import { describeEventLogContract } from './event-log.contract.ts';
import { describeInventoryStoreContract } from './inventory-store.contract.ts';
import { describeOffboardingLedgerContract } from './offboarding-ledger.contract.ts';
import type { State } from './state.ts';
import { describeStatusStoreContract } from './status-store.contract.ts';
import { entryOf, eventOf, offboardingOf, receiptOf, registrationOf, statusOf } from './testing/samples.ts';
import type { StoreFixture } from './testing/store-fixture.ts';

/** A place that holds state, apart from the process that uses it. */
export interface StatePlace {
  /** Opens the place; opened again after a close it has what was stored. */
  open(): Promise<State>;
  cleanUp(): Promise<void>;
}

/** The behaviour of the four stores, and of what ties them together. */
export function describeStateContract(name: string, create: () => Promise<StatePlace>): void {
  const part =
    <Store>(pick: (state: State) => Store) =>
    async (): Promise<StoreFixture<Store>> => {
      const place = await create();
      const state = await place.open();
      const cleanUp = async (): Promise<void> => {
        await state.close();
        await place.cleanUp();
      };
      return { store: pick(state), cleanUp };
    };
  describeStatusStoreContract(
    name,
    part(({ status }) => status),
  );
  describeEventLogContract(
    name,
    part(({ events }) => events),
  );
  describeInventoryStoreContract(
    name,
    part(({ inventory }) => inventory),
  );
  describeOffboardingLedgerContract(
    name,
    part(({ offboardings }) => offboardings),
  );
  describe(`${name} as state`, () => {
    const withState: WithState = async (test) => {
      const place = await create();
      const state = await place.open();
      try {
        await test(state, place);
      } finally {
        await state.close();
        await place.cleanUp();
      }
    };
    describeEndOfRegistration(withState);
    describeLifeCycle(withState);
    describeChanges(withState);
  });
}

type WithState = (test: (state: State, place: StatePlace) => Promise<void>) => Promise<void>;

const [one, two] = [registrationOf('a', 'one'), registrationOf('a', 'two')];

function describeEndOfRegistration(withState: WithState): void {
  it('removes status and inventory of a registration with its receipt, and keeps its events', () =>
    withState(async ({ status, events, inventory, offboardings }) => {
      await status.put(one, statusOf('a'));
      await inventory.put(one, [entryOf('a')]);
      await inventory.put(two, [entryOf('a')]);
      await offboardings.put(one, offboardingOf('a', 'one'));
      const event = await events.add(eventOf('a'));
      await offboardings.complete(one, receiptOf('a', 'one'));
      assert.equal(await status.get(one), undefined);
      assert.deepEqual(await inventory.list(one), []);
      assert.deepEqual(await inventory.list(two), [entryOf('a')]);
      assert.deepEqual((await events.after(0, clusterKey('a'), 10)).events, [event]);
    }));

  it('keeps the status of the newer registration that waits for the receipt', () =>
    withState(async ({ status, offboardings }) => {
      await status.put(two, statusOf('a', { incarnation: 'two' }));
      await offboardings.complete(one, receiptOf('a', 'one'));
      assert.equal((await status.get(one))?.incarnation, 'two');
    }));
}

function describeChanges(withState: WithState): void {
  it('tells of each change of a status, an off-boarding and a receipt when it can be read', () =>
    withState(async ({ status, offboardings, onChange }) => {
      const told: string[] = [];
      const stop = onChange(({ kind, name }) => told.push(`${kind}/${name}`));
      const tellsOf = async (name: string, work: () => Promise<void>): Promise<void> => {
        told.length = 0;
        await work();
        assert.deepEqual([...new Set(told)], [`Cluster/${name}`]);
      };
      await tellsOf('a', () => status.put(one, statusOf('a')));
      await tellsOf('a', () => offboardings.put(one, offboardingOf('a', 'one')));
      await tellsOf('a', () => offboardings.remove(one));
      await tellsOf('a', () => offboardings.put(one, offboardingOf('a', 'one')));
      await tellsOf('a', () => offboardings.complete(one, receiptOf('a', 'one')));
      await tellsOf('b', () => status.put(registrationOf('b'), statusOf('b')));
      await tellsOf('b', () => status.remove(registrationOf('b')));
      stop();
      told.length = 0;
      await status.put(one, statusOf('a'));
      assert.deepEqual(told, []);
    }));

  it('has what it tells of', () =>
    withState(async ({ status, onChange }) => {
      const seen: Promise<string | undefined>[] = [];
      onChange((key) => seen.push(status.get({ kind: CLUSTER_KIND, name: key.name }).then((found) => found?.phase)));
      await status.put(one, statusOf('a', { phase: 'Ready' }));
      assert.equal((await Promise.all(seen)).at(-1), 'Ready');
    }));
}

function describeLifeCycle(withState: WithState): void {
  it('can be written to until it is closed', () =>
    withState(async (state) => {
      await state.checkWritable();
      await state.close();
      await assert.rejects(state.checkWritable(), { reason: 'Closing' });
    }));

  it('keeps everything over a close, event ids included', () =>
    withState(async (state, place) => {
      await state.status.put(one, statusOf('a'));
      await state.inventory.put(one, [entryOf('a')]);
      await state.offboardings.put(one, offboardingOf('a', 'one'));
      await state.offboardings.complete(registrationOf('b', 'two'), receiptOf('b', 'two'));
      const waiting = state.events.add(eventOf('a'));
      await state.close();
      await state.close();
      const { id } = await waiting;
      const again = await place.open();
      try {
        assert.deepEqual(await again.status.list(CLUSTER_KIND), [statusOf('a')]);
        assert.deepEqual(await again.inventory.list(one), [entryOf('a')]);
        assert.deepEqual(await again.offboardings.list(CLUSTER_KIND), [offboardingOf('a', 'one')]);
        assert.deepEqual(await again.offboardings.receipt(clusterKey('b')), receiptOf('b', 'two'));
        assert.equal((await again.events.after(0, clusterKey('a'), 10)).latest, id);
        assert.ok((await again.events.add(eventOf('a'))).id > id);
      } finally {
        await again.close();
      }
    }));

  it('refuses work after a close', () =>
    withState(async ({ status, events, inventory, offboardings, close }) => {
      await close();
      const refused = [
        status.put(one, statusOf('a')),
        status.get(one),
        events.add(eventOf('a')),
        inventory.put(one, [entryOf('a')]),
        offboardings.put(one, offboardingOf('a', 'one')),
      ];
      for (const work of refused) await assert.rejects(work, { reason: 'Closing' });
    }));
}
