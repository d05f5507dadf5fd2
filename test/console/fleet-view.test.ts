import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FleetRows } from '../../console/src/data/fleet-rows.ts';
import { choicesOf, csvOf, filterRows, kindOf, sortRows } from '../../console/src/data/fleet-view.ts';
import type { FleetRowView } from '../../src/contract/views.ts';
import { row } from './fleet-row.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

const names = (rows: readonly FleetRowView[]) => rows.map(({ name }) => name);

describe('rows of the list', () => {
  const rows = [
    row('a', {
      phase: 'Degraded',
      components: { total: 2, ready: 1, not_ready: ['argocd'] },
      message: 'image missing',
    }),
    row('b', { usage: 'host', kubernetes_version: 'v1.9.1', credential_expires_at: '2026-01-03T00:00:00Z' }),
    row('c', { cluster_type: 'virtual', host_cluster: 'b', phase: 'Failed', kubernetes_version: 'v1.35.0' }),
  ];

  it('are those that have a value of each filter and say all words', () => {
    const filtered = (filter: Parameters<typeof filterRows>[1]) => names(filterRows(rows, filter, NOW));
    assert.deepEqual(filtered({}), ['a', 'b', 'c']);
    assert.deepEqual(filtered({ phase: 'Failed,Degraded' }), ['a', 'c']);
    assert.deepEqual(filtered({ phase: 'Failed,Degraded', kind: 'virtual' }), ['c']);
    assert.deepEqual(filtered({ component: 'argocd' }), ['a']);
    assert.deepEqual(filtered({ version: 'v1.36' }), ['a']);
    assert.deepEqual(filtered({ q: 'IMAGE a.example' }), ['a']);
    assert.deepEqual(filtered({ q: 'image b.example' }), []);
    assert.deepEqual(filtered({ ends: '7' }), ['b']);
    assert.deepEqual(filtered({ ends: '1' }), []);
  });

  it('of a paused cluster are found under both words', () => {
    const paused = row('p', { paused: { by: 'ada', since: '2026-01-01T00:00:00Z', until: '', reason: '' } });
    assert.deepEqual(names(filterRows([paused], { phase: 'Paused' }, NOW)), ['p']);
    assert.deepEqual(names(filterRows([paused], { phase: 'Ready' }, NOW)), ['p']);
  });

  it('are sorted by versions as numbers and by phases as urgency, equal ones by name', () => {
    assert.deepEqual(names(sortRows(rows, 'version')), ['b', 'c', 'a']);
    assert.deepEqual(names(sortRows(rows, '-version')), ['a', 'c', 'b']);
    assert.deepEqual(names(sortRows(rows, 'phase')), ['c', 'a', 'b']);
    assert.deepEqual(names(sortRows(rows, 'nonsense')), ['a', 'b', 'c']);
  });

  it('give the choices of a filter, the most frequent first', () => {
    assert.deepEqual(choicesOf(rows, 'kind').length, 3);
    assert.deepEqual(choicesOf([...rows, row('d')], 'phase')[0], { value: 'Ready', count: 2 });
    assert.deepEqual(rows.map(kindOf), ['worker', 'host', 'virtual']);
  });

  it('are no formulas in CSV', () => {
    const csv = csvOf([row('x', { message: '=HYPERLINK("evil"),\n1', changed_by: '-2' })]);
    assert.match(csv, /"'=HYPERLINK\(""evil""\),\n1"/);
    assert.match(csv, /,'-2\r\n$/);
  });
});

describe('changes of rows', () => {
  it('that are older than the snapshot are left out, and those of another process are not', () => {
    const fleet = new FleetRows();
    fleet.replace([row('a'), row('b')], 'e1-5');
    fleet.apply({ rows: [row('a', { phase: 'Failed' })], gone: ['b'], revision: 'e1-5' });
    assert.deepEqual(names(fleet.list), ['a', 'b']);
    const before = fleet.list;
    assert.equal(fleet.list, before);
    fleet.apply({ rows: [row('c')], gone: ['b'], revision: 'e1-10' });
    assert.deepEqual(names(fleet.list), ['a', 'c']);
    fleet.apply({ rows: [], gone: ['c'], revision: 'e2-1' });
    assert.deepEqual(names(fleet.list), ['a']);
    assert.equal(fleet.revision, 'e2-1');
  });
});
