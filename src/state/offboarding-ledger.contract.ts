import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../resources/cluster/cluster-key.ts';
import type { Receipt } from '../resources/cluster/receipt.ts';
import type { OffboardingLedger } from './offboarding-ledger.ts';
import { offboardingOf, ofOtherKind, receiptOf, registrationOf } from './testing/samples.ts';
import { type StoreFixture, type WithStore, withStoreOf } from './testing/store-fixture.ts';

/** The behaviour that every ledger of off-boardings has. */
export function describeOffboardingLedgerContract(
  name: string,
  create: () => Promise<StoreFixture<OffboardingLedger>>,
): void {
  describe(`${name} as a ledger of off-boardings`, () => {
    const withLedger = withStoreOf(create);
    describeRecords(withLedger);
    describeReceipts(withLedger);
  });
}

const [one, two] = [registrationOf('a', 'one'), registrationOf('a', 'two')];

function describeRecords(withLedger: WithStore<OffboardingLedger>): void {
  it('keeps a record, as it was put last, until it is removed', () =>
    withLedger(async (ledger) => {
      await ledger.put(one, offboardingOf('a', 'one'));
      await ledger.put(two, offboardingOf('a', 'two'));
      const begun = { ...offboardingOf('a', 'one'), commit: 'a commit', startedAt: '2030-01-01T00:00:01Z' };
      await ledger.put(one, begun);
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [begun, offboardingOf('a', 'two')]);
      await ledger.remove(one);
      await ledger.remove(one);
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [offboardingOf('a', 'two')]);
    }));

  it('keeps the records of two names and of two kinds apart, also with the same incarnation', () =>
    withLedger(async (ledger) => {
      await ledger.put(one, offboardingOf('a', 'one'));
      await ledger.put(registrationOf('b', 'one'), offboardingOf('b', 'one'));
      await ledger.put(ofOtherKind(one), offboardingOf('other', 'one'));
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [offboardingOf('a', 'one'), offboardingOf('b', 'one')]);
      await ledger.remove(one);
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [offboardingOf('b', 'one')]);
      assert.deepEqual(await ledger.list(ofOtherKind(one).kind), [offboardingOf('other', 'one')]);
    }));

  it('returns fields of records and receipts that it does not know as they were put', () =>
    withLedger(async (ledger) => {
      const record = { ...offboardingOf('a', 'one'), added: { later: [1] } };
      await ledger.put(one, record);
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [record]);
      const receipt = { ...receiptOf('a', 'one'), added: { later: [1] } };
      await ledger.complete(one, receipt);
      assert.deepEqual(await ledger.receipt(one), receipt);
    }));
}

function describeReceipts(withLedger: WithStore<OffboardingLedger>): void {
  const complete = (ledger: OffboardingLedger, receipt: Receipt): Promise<void> =>
    ledger.complete(clusterRegistration(receipt), receipt);

  it('puts the receipt in place of the record of that registration', () =>
    withLedger(async (ledger) => {
      await ledger.put(one, offboardingOf('a', 'one'));
      await ledger.put(two, offboardingOf('a', 'two'));
      assert.equal(await ledger.receipt(one), undefined);
      await complete(ledger, receiptOf('a', 'one'));
      assert.deepEqual(await ledger.receipt(clusterKey('a')), receiptOf('a', 'one'));
      assert.equal(await ledger.receipt(ofOtherKind(clusterKey('a'))), undefined);
      assert.deepEqual(await ledger.list(CLUSTER_KIND), [offboardingOf('a', 'two')]);
    }));

  it('returns the receipt of the registration that ended last, also when one is replaced later', () =>
    withLedger(async (ledger) => {
      for (let count = 1; count <= 15; count += 1) await complete(ledger, receiptOf('a', String(count)));
      await complete(ledger, receiptOf('b', 'other'));
      assert.equal((await ledger.receipt(one))?.incarnation, '15');
      await complete(ledger, receiptOf('a', '15', { outcome: 'Incomplete' }));
      assert.equal((await ledger.receipt(one))?.outcome, 'Incomplete');
      await complete(ledger, receiptOf('a', '14', { outcome: 'Incomplete' }));
      assert.equal((await ledger.receipt(one))?.incarnation, '15');
    }));

  it('returns the receipts of a name, and of all names in pages, the last first', () =>
    withLedger(async (ledger) => {
      const at = (minute: number) => ({ completedAt: `2030-01-01T00:0${minute}:00Z` });
      await complete(ledger, receiptOf('a', 'one', at(1)));
      await complete(ledger, receiptOf('b', 'two', at(3)));
      await complete(ledger, receiptOf('a', 'three', at(2)));
      await complete(ledger, receiptOf('c', 'four', at(3)));
      const named = (receipts: readonly { readonly incarnation: string }[]) =>
        receipts.map(({ incarnation }) => incarnation);
      assert.deepEqual(named(await ledger.receiptsOf(clusterKey('a'))), ['three', 'one']);
      assert.deepEqual(await ledger.receiptsOf(ofOtherKind(clusterKey('a'))), []);
      const all = ['two', 'four', 'three', 'one'];
      assert.deepEqual(named(await ledger.receipts(CLUSTER_KIND, { limit: 10 })), all);
      const first = await ledger.receipts(CLUSTER_KIND, { limit: 2 });
      const last = first.at(-1);
      assert.ok(last);
      const second = await ledger.receipts(CLUSTER_KIND, { limit: 10, after: last });
      assert.deepEqual([...named(first), ...named(second)], all);
    }));

  it('knows registrations of which there is an off-boarding or a receipt', () =>
    withLedger(async (ledger) => {
      await ledger.put(one, offboardingOf('a', 'one'));
      await complete(ledger, receiptOf('b', 'two'));
      const known = await Promise.all(['one', 'two', 'three'].map((incarnation) => ledger.knows(incarnation)));
      assert.deepEqual(known, [true, true, false]);
    }));

  it('knows what was left on a Kubernetes cluster, under whichever name', () =>
    withLedger(async (ledger) => {
      const changes = { outcome: 'Incomplete', kubernetesUid: 'uid-1', apiServer: 'https://one' } as const;
      await complete(ledger, receiptOf('a', 'one', changes));
      await complete(ledger, receiptOf('a', 'two', { ...changes, outcome: 'Complete', left: [] }));
      await complete(ledger, receiptOf('b', 'three', changes));
      await complete(ledger, receiptOf('c', 'four', { ...changes, kubernetesUid: 'uid-2' }));
      await complete(ledger, receiptOf('d', 'five', { ...changes, kubernetesUid: '', apiServer: '' }));
      await complete(ledger, receiptOf('e', 'six', { ...changes, outcome: 'Complete', apiServer: 'https://six' }));
      const residues = async (cluster: Parameters<OffboardingLedger['residues']>[0]) =>
        new Set(await ledger.residues(cluster));
      assert.deepEqual(await residues({ kubernetesUid: 'uid-1' }), new Set(['one', 'three', 'six']));
      assert.deepEqual(await residues({ apiServer: 'https://one' }), new Set(['one', 'three', 'four']));
      assert.deepEqual(await residues({ kubernetesUid: 'uid-2', apiServer: 'https://two' }), new Set(['four']));
      assert.deepEqual(await residues({ kubernetesUid: '', apiServer: '' }), new Set());
    }));
}
