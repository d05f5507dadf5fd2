import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLUSTER_KIND } from '../resources/cluster/cluster-key.ts';
import type { StatusStore } from './status-store.ts';
import { ofOtherKind, registrationOf, statusOf } from './testing/samples.ts';
import { type StoreFixture, withStoreOf } from './testing/store-fixture.ts';

/** The behaviour that every status store has. */
export function describeStatusStoreContract(name: string, create: () => Promise<StoreFixture<StatusStore>>): void {
  describe(`${name} as a status store`, () => {
    const withStore = withStoreOf(create);

    it('returns the status that was put last, whatever its incarnation', () =>
      withStore(async (store) => {
        const a = registrationOf('a');
        assert.equal(await store.get(a), undefined);
        await store.put(a, statusOf('a'));
        assert.deepEqual(await store.get(a), statusOf('a'));
        const ready = statusOf('a', { phase: 'Ready', incarnation: 'two' });
        await store.put(registrationOf('a', 'two'), ready);
        assert.deepEqual(await store.get(a), ready);
      }));

    it('lists the statuses of a kind, and their names, by name', () =>
      withStore(async (store) => {
        await store.put(registrationOf('b'), statusOf('b'));
        await store.put(registrationOf('a'), statusOf('a'));
        assert.deepEqual(await store.list(CLUSTER_KIND), [statusOf('a'), statusOf('b')]);
        await store.put(ofOtherKind(registrationOf('c')), statusOf('c'));
        assert.deepEqual(await store.names(CLUSTER_KIND), ['a', 'b']);
      }));

    it('has the time of the last check in a status, also of one that is put later, until it is removed', () =>
      withStore(async (store) => {
        const [a, other] = [registrationOf('a'), ofOtherKind(registrationOf('a'))];
        await store.put(a, statusOf('a'));
        await store.put(other, statusOf('a'));
        const lastCheckedAt = '2026-01-02T03:04:05.678Z';
        store.checked(a, lastCheckedAt);
        assert.equal((await store.get(a))?.lastCheckedAt, lastCheckedAt);
        assert.deepEqual(await store.list(CLUSTER_KIND), [{ ...statusOf('a'), lastCheckedAt }]);
        assert.deepEqual(await store.get(other), statusOf('a'));
        await store.put(a, statusOf('a', { phase: 'Ready' }));
        assert.equal((await store.get(a))?.lastCheckedAt, lastCheckedAt);
        await store.remove(a);
        await store.put(a, statusOf('a'));
        assert.equal((await store.get(a))?.lastCheckedAt, undefined);
      }));

    it('keeps the same name of two kinds apart', () =>
      withStore(async (store) => {
        const [ours, other] = [registrationOf('a'), ofOtherKind(registrationOf('a'))];
        await store.put(ours, statusOf('a'));
        await store.put(other, statusOf('a', { phase: 'Failed' }));
        assert.deepEqual(await store.list(CLUSTER_KIND), [statusOf('a')]);
        assert.equal((await store.get(other))?.phase, 'Failed');
        await store.remove(other);
        assert.deepEqual(await store.get(ours), statusOf('a'));
      }));

    it('returns fields that it does not know as they were put', () =>
      withStore(async (store) => {
        const [condition] = statusOf('a').conditions;
        const extended = { ...condition, isNew: true, details: { depth: [1, { deeper: null }] } };
        const status = { ...statusOf('a'), conditions: [extended], added: 'later' } as ReturnType<typeof statusOf>;
        await store.put(registrationOf('a'), status);
        assert.deepEqual(await store.get(registrationOf('a')), status);
      }));

    it('removes a status of the incarnation, and none of a newer registration', () =>
      withStore(async (store) => {
        await store.put(registrationOf('a', 'two'), statusOf('a', { incarnation: 'two' }));
        await store.remove(registrationOf('a', 'one'));
        assert.equal((await store.get(registrationOf('a')))?.incarnation, 'two');
        await store.remove(registrationOf('a', 'two'));
        await store.remove(registrationOf('a', 'two'));
        assert.equal(await store.get(registrationOf('a')), undefined);
      }));
  });
}
