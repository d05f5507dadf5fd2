import { verbatim } from '../../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InventoryEntry } from '../../../resources/inventory.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import { buildReceipt } from './receipt.ts';

const record: OffboardingRecord = {
  cluster: 'one',
  incarnation: 'i1',
  apiServer: 'https://127.0.0.1:6443',
  hostCluster: '',
  requestedBy: 'ada',
  requestedAt: '2026-01-01T00:00:00Z',
  requestId: '',
  forced: false,
  commit: 'c1',
  startedAt: '2026-01-01T00:00:01Z',
};

function entry(name: string, change: Partial<InventoryEntry> = {}): InventoryEntry {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'ns',
    name,
    component: 'a',
    uid: 'u',
    hash: '',
    revision: '',
    foreign: false,
    ...change,
  };
}

const facts = { kubernetesUid: 'uid', completedAt: '2026-01-01T00:01:00Z' };

describe('a receipt', () => {
  it('lists what was created and removed once, and neither what was only intended nor what is foreign', () => {
    const shared = entry('shared');
    const inventory = [
      shared,
      { ...shared, component: 'b' },
      entry('intended', { uid: '' }),
      entry('old', { foreign: true }),
    ];
    const removed = [shared, shared, entry('intended')];
    const receipt = buildReceipt(record, inventory, { removed, left: [], remaining: [] }, facts);
    assert.deepEqual(receipt.created, [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'shared' }]);
    assert.deepEqual(receipt.removed, receipt.created);
    assert.deepEqual([receipt.outcome, receipt.commit, receipt.requestedBy], ['Complete', 'c1', 'ada']);
    assert.deepEqual([receipt.removed.length, receipt.left.length, receipt.remaining.length], [1, 0, 0]);
  });

  it('says why something is left, and the command for what could not be removed', () => {
    const left = [{ ...entry('used'), reason: verbatim('it has 2 instances') }];
    const remaining = [{ ...entry('stuck'), reason: 'Finalizers', message: verbatim('it waits for x') }];
    const receipt = buildReceipt(record, [entry('used'), entry('stuck')], { removed: [], left, remaining }, facts);
    assert.equal(receipt.outcome, 'Incomplete');
    assert.deepEqual(receipt.left[0]?.reason, verbatim('it has 2 instances'));
    assert.deepEqual(receipt.remaining[0]?.reason, verbatim('it waits for x'));
    assert.equal(receipt.remaining[0]?.command, 'kubectl delete deployment.apps stuck --namespace ns');
  });
});
