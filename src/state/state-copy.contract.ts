import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterKey } from '../resources/cluster/cluster-key.ts';
import type { State } from './state.ts';
import type { ResourceRecords } from './state-copy.ts';
import { entryOf, eventOf, offboardingOf, receiptOf, registrationOf, statusOf } from './testing/samples.ts';
import type { StatePlace } from './state.contract.ts';

const signal = new AbortController().signal;

/** Copying the whole content of a state to a place of the same implementation and back. */
export function describeStateCopyContract(name: string, create: () => Promise<StatePlace>): void {
  describe(`${name} as a state that is copied`, () => {
    it('has all that the stores have put, and puts it in the place of what is there', async () => {
      const [from, to] = await Promise.all([create(), create()]);
      try {
        const source = await from.open();
        await fill(source);
        const keys = await source.copy.keys(signal);
        assert.deepEqual(keys, [clusterKey('a'), clusterKey('b')]);
        const all = await Promise.all(keys.map((key) => source.copy.read(key, signal)));
        await source.close();
        const target = await to.open();
        await target.status.put(registrationOf('a', 'stale'), statusOf('a', { incarnation: 'stale' }));
        await target.inventory.put(registrationOf('a', 'stale'), [entryOf('stale')]);
        for (const records of [...all, ...all]) await target.copy.replace(records, signal);
        await target.close();
        const again = await to.open();
        await verify(again, all);
        await again.close();
      } finally {
        await Promise.all([from.cleanUp(), to.cleanUp()]);
      }
    });

    it('forgets a resource that is replaced by nothing', async () => {
      const place = await create();
      try {
        const state = await place.open();
        await fill(state);
        await state.copy.replace({ ...clusterKey('a'), registrations: [], events: [] }, signal);
        await state.close();
        const again = await place.open();
        assert.deepEqual(await again.copy.keys(signal), [clusterKey('b')]);
        assert.equal(await again.status.get(clusterKey('a')), undefined);
        assert.deepEqual(await again.inventory.list(registrationOf('a', 'two')), []);
        assert.equal(await again.offboardings.receipt(clusterKey('a')), undefined);
        await again.close();
      } finally {
        await place.cleanUp();
      }
    });
  });
}

/** One name that was registered before, is on its way out and has events; another with a status alone. */
async function fill({ status, events, inventory, offboardings }: State): Promise<void> {
  const before = registrationOf('a', 'one');
  const now = registrationOf('a', 'two');
  await inventory.put(before, [entryOf('gone')]);
  await offboardings.put(before, offboardingOf('a', 'one'));
  await offboardings.complete(before, receiptOf('a', 'one'));
  await status.put(now, { ...statusOf('a'), incarnation: 'two', unknownField: { kept: true } } as never);
  await inventory.put(now, [entryOf('one', { uid: 'u', hash: 'h', revision: '3' }), entryOf('two', { foreign: true })]);
  await offboardings.put(now, offboardingOf('a', 'two'));
  for (const text of ['first', 'second', 'third']) await events.add(eventOf('a', text));
  await status.put(registrationOf('b'), statusOf('b'));
}

async function verify(state: State, all: readonly ResourceRecords[]): Promise<void> {
  const keys = await state.copy.keys(signal);
  assert.deepEqual(await Promise.all(keys.map((key) => state.copy.read(key, signal))), all);
  const now = registrationOf('a', 'two');
  assert.deepEqual(await state.status.get(now), { ...statusOf('a'), incarnation: 'two', unknownField: { kept: true } });
  assert.equal((await state.inventory.list(now)).length, 2);
  assert.deepEqual(await state.offboardings.list('Cluster'), [offboardingOf('a', 'two')]);
  assert.deepEqual(await state.offboardings.receipt(clusterKey('a')), receiptOf('a', 'one'));
  const { events, complete, latest } = await state.events.after(0, clusterKey('a'), 10);
  assert.deepEqual([events.length, complete], [3, true]);
  const added = await state.events.add(eventOf('a', 'later'));
  assert.ok(added.id > latest);
}
