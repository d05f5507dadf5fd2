import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { verbatim } from '../../messages/message.ts';
import type { ClusterEntry } from '../../resources/cluster/cluster-files.ts';
import { blankStatus, type ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { ConditionType } from '../../resources/condition.ts';
import { knownStatus } from './known-status.ts';

const problem = new NautesError('ClusterFileInvalid', { name: 'one', file: 'one.yaml', problem: verbatim('line 3') });
const readable: ClusterEntry = { name: 'one', fileRevision: 'g', resource: { incarnation: 'i' } as Cluster };
const broken: ClusterEntry = { name: 'one', fileRevision: 'g', problem };
const record = { cluster: 'one', incarnation: 'i', requestedAt: '2026-01-02T03:04:05Z' } as OffboardingRecord;

function stored(phase: ClusterStatus['phase'], type: ConditionType = 'Ready', observed = 'old'): ClusterStatus {
  const condition = { type, status: 'False', reason: 'R', message: verbatim(''), lastTransitionTime: '' } as const;
  const about = { name: 'one', incarnation: 'i', commit: '' };
  return blankStatus({ ...about, phase, observedGeneration: observed, conditions: [condition] });
}

function shortly(
  entry: ClusterEntry | undefined,
  status: ClusterStatus | undefined,
  offboardings: readonly OffboardingRecord[] = [],
): readonly unknown[] {
  const found = knownStatus({ name: 'one', entry, stored: status, offboardings });
  return [found?.phase, found?.conditions.find(({ type }) => type === 'Ready')?.reason];
}

describe('the status of a name', () => {
  it('is pending until a controller has checked it, and then what it reported', () => {
    assert.deepEqual(shortly(readable, undefined), ['Pending', 'Pending']);
    assert.deepEqual(shortly(readable, stored('Degraded')), ['Degraded', 'R']);
  });

  it('has the time of the registration that it is of', () => {
    const entry: ClusterEntry = {
      ...readable,
      resource: { incarnation: 'i', registeredAt: '2026-01-01T00:00:00Z' } as Cluster,
    };
    const of = (status: ClusterStatus | undefined) =>
      knownStatus({ name: 'one', entry, stored: status, offboardings: [] })?.registeredAt;
    assert.equal(of(stored('Ready')), '2026-01-01T00:00:00Z');
    assert.equal(of(undefined), '2026-01-01T00:00:00Z');
    assert.equal(of({ ...stored('Deleting'), incarnation: 'earlier' }), undefined);
  });

  it('says of a file that cannot be understood why, before a controller has reported it', () => {
    assert.deepEqual(shortly(broken, undefined), ['Failed', 'ClusterFileInvalid']);
    assert.deepEqual(shortly(broken, stored('Provisioning')), ['Failed', 'ClusterFileInvalid']);
    assert.deepEqual(shortly(broken, stored('Ready')), ['Degraded', 'ClusterFileInvalid']);
    assert.deepEqual(shortly(broken, stored('Failed', 'Ready', 'g')), ['Failed', 'R']);
  });

  it('is Deleting from the moment its file is gone, with the progress that is reported', () => {
    assert.deepEqual(shortly(undefined, undefined, [record]), ['Deleting', 'Deleting']);
    assert.deepEqual(shortly(undefined, stored('Ready'), [record]), ['Deleting', 'Deleting']);
    assert.deepEqual(shortly(undefined, stored('Ready')), ['Deleting', 'Deleting']);
    const progress = stored('Deleting', 'Offboarded');
    assert.equal(knownStatus({ name: 'one', entry: undefined, stored: progress, offboardings: [record] }), progress);
  });

  it('stays that of a registration whose removal is held back', () => {
    const held = stored('Degraded', 'Offboarded');
    assert.equal(knownStatus({ name: 'one', entry: undefined, stored: held, offboardings: [] }), held);
  });

  it('is none where there is no file, no status and no record', () => {
    assert.equal(knownStatus({ name: 'one', entry: undefined, stored: undefined, offboardings: [] }), undefined);
  });
});
