import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestMatches } from '../../console/src/data/best-matches.ts';
import { actOnEach, type BulkResult } from '../../console/src/data/bulk.ts';
import { columnsOf, columnTemplate, fittingColumns } from '../../console/src/data/list-columns.ts';
import { neighboursOf } from '../../console/src/data/list-order.ts';
import { listSearch, sameSearch, viewsOf, withoutView, withView } from '../../console/src/data/saved-views.ts';
import { extended, NOTHING_SELECTED, toggled } from '../../console/src/data/selection.ts';
import { gridKey } from '../../console/src/pages/clusters/grid-keys.ts';
import { row } from './fleet-row.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const UNPRESSED = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

describe('columns of the list', () => {
  it('are those that were chosen, in their order, with the name and without what is unknown', () => {
    assert.deepEqual(columnsOf('changed,phase,colour'), ['name', 'phase', 'changed']);
    assert.equal(columnsOf(undefined).length, 7);
  });

  it('leave out what the window has no room for, but never name and state', () => {
    const all = columnsOf('name,phase,reason,kind,version,components,credential,address,changed');
    assert.deepEqual(fittingColumns(all, 5000), all);
    assert.ok(!fittingColumns(all, 1000).includes('address'));
    assert.deepEqual(fittingColumns(all, 100), ['name', 'phase']);
    assert.equal(columnTemplate(['name', 'version']), '24px minmax(130px, 1.2fr) 92px');
  });
});

describe('saved views', () => {
  it('are kept in the order of names, one of each', () => {
    const one = withView([], { name: ' slow ', search: { q: 'a' } });
    const two = withView(one, { name: 'broken', search: { phase: 'Failed' } });
    const three = withView(two, { name: 'slow', search: { q: 'b', sort: '-name' } });
    assert.deepEqual(viewsOf(JSON.stringify(three)), [
      { name: 'broken', search: { phase: 'Failed' } },
      { name: 'slow', search: { q: 'b', sort: '-name' } },
    ]);
    assert.deepEqual(
      withoutView(three, 'slow').map(({ name }) => name),
      ['broken'],
    );
  });

  it('that cannot be understood are left out', () => {
    for (const text of ['{', 'null', '{"a":1}', '[1,null,{"name":"x"},{"name":"","search":{}}]']) {
      assert.deepEqual(viewsOf(text), [], text);
    }
    assert.deepEqual(viewsOf('[{"name":"x","search":{"q":{},"evil":"1","phase":"Ready"}}]'), [
      { name: 'x', search: { phase: 'Ready' } },
    ]);
  });

  it('are the same whatever is not said', () => {
    assert.ok(sameSearch({ q: '' }, listSearch({ other: 1 })));
    assert.ok(!sameSearch({ q: 'a' }, {}));
  });
});

describe('a selection', () => {
  const order = ['a', 'b', 'c', 'd', 'e'];

  it('grows and shrinks from where its range begins', () => {
    const begun = toggled(toggled(NOTHING_SELECTED, 'e'), 'b');
    const far = extended(begun, 'd', order);
    assert.deepEqual([...far.names].toSorted(), ['b', 'c', 'd', 'e']);
    assert.deepEqual([...extended(far, 'c', order).names].toSorted(), ['b', 'c', 'e']);
    assert.deepEqual([...extended(far, 'a', order).names].toSorted(), ['a', 'b', 'e']);
    assert.deepEqual([...toggled(far, 'c').names].toSorted(), ['b', 'd', 'e']);
  });

  it('begins a range at a cluster of which there is no beginning', () => {
    assert.deepEqual([...extended(NOTHING_SELECTED, 'c', order).names], ['c']);
    assert.deepEqual([...extended(toggled(NOTHING_SELECTED, 'gone'), 'c', order).names].toSorted(), ['c', 'gone']);
  });

  it('is moved by keys within the list', () => {
    const press = (key: string, more = {}) => gridKey({ ...UNPRESSED, key, ...more }, 2, 5);
    assert.deepEqual(press('j'), { kind: 'move', to: 3, isRange: false });
    assert.deepEqual(press('ArrowUp', { shiftKey: true }), { kind: 'move', to: 1, isRange: true });
    assert.deepEqual(press('PageDown'), { kind: 'move', to: 4, isRange: false });
    assert.deepEqual(press('a', { metaKey: true }), { kind: 'all' });
    assert.deepEqual(press('x'), { kind: 'toggle' });
    for (const more of [{ ctrlKey: true }, { altKey: true }]) assert.equal(press('j', more), undefined);
    assert.equal(press('q'), undefined);
  });
});

describe('the same action on many clusters', () => {
  interface Run {
    readonly results: BulkResult[];
    readonly waits: number[];
  }

  async function run(act: (name: string, times: number) => void, end = new AbortController()): Promise<Run> {
    const done: Run = { results: [], waits: [] };
    const times = new Map<string, number>();
    await actOnEach({
      names: ['a', 'b', 'c'],
      act: async (name) => {
        times.set(name, (times.get(name) ?? 0) + 1);
        act(name, times.get(name) ?? 0);
      },
      wait: async (milliseconds) => done.waits.push(milliseconds),
      onResult: (result) => done.results.push(result),
      signal: end.signal,
    });
    return done;
  }

  const refusal = (status: number, retryAfter?: number): Error => Object.assign(new Error(), { status, retryAfter });
  const outcome = ({ results }: Run) => results.map(({ name, error }) => `${name} ${error === undefined}`);

  it('goes past those that fail', async () => {
    const done = await run((name) => {
      if (name === 'b') throw new Error('no');
    });
    assert.deepEqual(outcome(done), ['a true', 'b false', 'c true']);
  });

  it('is repeated when the server asks for it, after the time that it says and no longer than a limit', async () => {
    const done = await run((name, times) => {
      if (name === 'a' && times < 3) throw refusal(429, times === 1 ? 2000 : 9_000_000);
    });
    assert.deepEqual(outcome(done), ['a true', 'b true', 'c true']);
    assert.deepEqual(done.waits, [2000, 30_000]);
    const never = await run(() => {
      throw refusal(503);
    });
    assert.deepEqual(outcome(never), ['a false', 'b false', 'c false']);
    assert.equal(never.waits.length, 15);
  });

  it('ends with the session, and when it is stopped', async () => {
    const ended = await run(() => {
      throw refusal(401);
    });
    assert.deepEqual(outcome(ended), ['a false']);
    const end = new AbortController();
    const stopped = await run((name) => {
      if (name === 'b') end.abort();
    }, end);
    assert.deepEqual(outcome(stopped), ['a true', 'b true']);
  });
});

describe('what is found by words', () => {
  it('begins with those that begin with them', () => {
    const items = ['prod-edge', 'edge-2', 'ledger', 'edge'].map((text) => ({ text }));
    const found = bestMatches([...items, { text: 'other', words: 'edge' }], 'EDGE', 5);
    assert.deepEqual(
      found.map(({ text }) => text),
      ['edge', 'edge-2', 'prod-edge', 'ledger', 'other'],
    );
    assert.deepEqual(bestMatches(items, 'edge prod', 9), [{ text: 'prod-edge' }]);
    assert.equal(bestMatches(items, ' ', 2).length, 2);
  });
});

describe('the clusters before and after one', () => {
  const rows = [row('a'), row('b', { phase: 'Failed' }), row('c', { phase: 'Failed' }), row('d')];

  it('are those of the list as it is filtered and sorted', () => {
    assert.deepEqual(neighboursOf(rows, { sort: '-name' }, 'c', NOW), {
      position: 2,
      total: 4,
      previous: 'd',
      next: 'b',
    });
    assert.deepEqual(neighboursOf(rows, { phase: 'Failed' }, 'b', NOW), {
      position: 1,
      total: 2,
      previous: undefined,
      next: 'c',
    });
  });

  it('are told of one that the filter leaves out by now, and not of one that is gone', () => {
    assert.equal(neighboursOf(rows, { phase: 'Failed' }, 'd', NOW)?.previous, 'c');
    assert.equal(neighboursOf(rows, {}, 'gone', NOW), undefined);
  });
});
