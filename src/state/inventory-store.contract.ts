import type { FormerField } from '../resources/inventory.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { InventoryStore } from './inventory-store.ts';
import { entryOf, ofOtherKind, registrationOf } from './testing/samples.ts';
import { type StoreFixture, withStoreOf } from './testing/store-fixture.ts';

/** The behaviour that every inventory store has. */
export function describeInventoryStoreContract(
  name: string,
  create: () => Promise<StoreFixture<InventoryStore>>,
): void {
  describe(`${name} as an inventory store`, () => {
    const withStore = withStoreOf(create);
    const one = registrationOf('cluster', 'one');
    const two = registrationOf('cluster', 'two');

    it('adds entries, and replaces those of the same component and object', () =>
      withStore(async (store) => {
        assert.deepEqual(await store.list(one), []);
        await store.put(one, []);
        const former: readonly FormerField[] = [
          { path: 'spec.replicas', value: 3 },
          { path: 'metadata.labels.a' },
          { path: 'data', isKnown: false },
        ];
        const adopted = entryOf('b', { foreign: true, namespace: '', former });
        await store.put(one, [entryOf('a'), adopted]);
        const applied = entryOf('a', { uid: 'a uid', hash: 'a hash', revision: '7' });
        await store.put(one, [applied, entryOf('c')]);
        const expected = [applied, adopted, entryOf('c')];
        assert.deepEqual(byName(await store.list(one)), expected);
      }));

    it('keeps registrations apart that differ in kind, name or incarnation', () =>
      withStore(async (store) => {
        const owners = [one, two, registrationOf('another', 'one'), ofOtherKind(one)];
        for (const [index, owner] of owners.entries()) await store.put(owner, [entryOf('a', { uid: `${index}` })]);
        for (const [index, owner] of owners.entries()) {
          assert.deepEqual(await store.list(owner), [entryOf('a', { uid: `${index}` })]);
        }
        await store.remove(one, [entryOf('a')]);
        assert.deepEqual(
          await Promise.all(owners.map(async (owner) => (await store.list(owner)).length)),
          [0, 1, 1, 1],
        );
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
        await store.put(one, entries);
        assert.equal((await store.list(one)).length, entries.length);
        await store.remove(one, [entryOf('a')]);
        const left = await store.list(one);
        assert.equal(left.length, 4);
        assert.ok(left.some(({ component }) => component === 'traefik'));
      }));

    it('removes entries, also absent ones, of that registration only', () =>
      withStore(async (store) => {
        await store.put(one, [entryOf('a'), entryOf('b')]);
        await store.put(two, [entryOf('a')]);
        await store.remove(one, [entryOf('a'), entryOf('never')]);
        await store.remove(registrationOf('cluster', 'three'), [entryOf('a')]);
        assert.deepEqual(await store.list(one), [entryOf('b')]);
        assert.deepEqual(await store.list(two), [entryOf('a')]);
      }));

    it('takes many entries of many registrations side by side', () =>
      withStore(async (store) => {
        const entries = Array.from({ length: 179 }, (_, index) => entryOf(`object-${String(index).padStart(3, '0')}`));
        const owners = Array.from({ length: 20 }, (_, index) => registrationOf('cluster', `incarnation-${index}`));
        await Promise.all(owners.map((owner) => store.put(owner, entries)));
        for (const owner of owners) assert.deepEqual(byName(await store.list(owner)), entries);
      }));
  });
}

function byName(entries: readonly InventoryEntry[]): InventoryEntry[] {
  return entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}
