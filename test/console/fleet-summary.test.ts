import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from '../../console/src/data/fleet-summary.ts';
import { row } from './fleet-row.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const DAYS = 7;

describe('the summary of all clusters', () => {
  const rows = [
    row('a', { phase: 'Degraded', kubernetes_version: 'v1.9.4', credential_expires_at: '2026-01-05T00:00:00Z' }),
    row('b', { usage: 'host', phase: 'Pending', kubernetes_version: '' }),
    row('c', { cluster_type: 'virtual', phase: 'Failed', kubernetes_version: 'v1.36.1' }),
    row('d', { credential_expires_at: '2026-01-03T00:00:00Z' }),
    row('e', { credential_expires_at: '2026-02-01T00:00:00Z' }),
    row('f', { phase: 'Degraded', paused: { by: 'ada', since: '2026-01-01T00:00:00Z', until: '', reason: '' } }),
  ];
  const summary = summaryOf(rows, DAYS, NOW);

  it('counts clusters, the virtual ones and those of each phase', () => {
    const phases = Object.fromEntries(summary.phases);
    assert.deepEqual({ total: summary.total, virtual: summary.virtual }, { total: 6, virtual: 1 });
    assert.deepEqual(phases, { Degraded: 2, Pending: 1, Failed: 1, Ready: 2 });
  });

  it('has those that need a person by urgency without paused ones, and those being worked on', () => {
    assert.deepEqual(
      summary.waiting.map(({ name }) => name),
      ['c', 'a'],
    );
    assert.deepEqual(
      summary.working.map(({ name }) => name),
      ['b'],
    );
  });

  it('counts the known minor versions, the newest number first', () => {
    assert.deepEqual(summary.versions, [
      { value: 'v1.36', count: 4 },
      { value: 'v1.9', count: 1 },
    ]);
  });

  it('counts the credentials that end within the days and names the first', () => {
    assert.equal(summary.ending, 2);
    assert.equal(summary.nextEnd?.name, 'd');
  });

  it('of no clusters is empty', () => {
    const { total, versions, waiting, ending, nextEnd } = summaryOf([], DAYS, NOW);
    assert.deepEqual(
      { total, versions, waiting, ending, nextEnd },
      { total: 0, versions: [], waiting: [], ending: 0, nextEnd: undefined },
    );
  });
});
