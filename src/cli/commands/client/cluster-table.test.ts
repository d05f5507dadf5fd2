import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ageOf, clusterTable } from './cluster-table.ts';

describe('the table of clusters', () => {
  const rows = [
    ['NAME', 'PHASE', ''],
    ['one', 'Ready', ''],
    ['two', 'Degraded', 'nothing accepts connections at 203.0.113.7:6443'],
  ];

  it('has messages behind their rows where they fit', () => {
    const wide = ['NAME  PHASE', 'one   Ready', 'two   Degraded  nothing accepts connections at 203.0.113.7:6443'];
    assert.deepEqual(clusterTable(rows, undefined), wide);
    assert.deepEqual(clusterTable(rows, 80), wide);
  });

  it('has them below where they do not, and no line is longer than the terminal', () => {
    const lines = clusterTable(rows, 40);
    assert.deepEqual(lines.slice(2), ['two   Degraded', '    nothing accepts connections at', '    203.0.113.7:6443']);
    assert.ok(lines.every((line) => line.length <= 40));
  });

  it('says ages as kubectl does', () => {
    const now = Date.parse('2026-12-10T12:00:00Z');
    const ages = ['2026-12-10T11:59:59.5Z', '2026-12-10T11:59:15Z', '2026-12-10T11:55:00Z', '2026-12-08T13:00:00Z'];
    assert.deepEqual(
      ages.map((time) => ageOf(time, now)),
      ['0s', '45s', '5m', '1d'],
    );
    assert.deepEqual([ageOf(undefined, now), ageOf('', now), ageOf('2027-01-01T00:00:00Z', now)], ['', '', '0s']);
  });
});
