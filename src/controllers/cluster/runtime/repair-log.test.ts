import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Repair } from '../../../kube/index.ts';
import { RepairLog } from './repair-log.ts';

const MINUTE = 60_000;
const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a', name: 'b' };

function repair(...fields: readonly string[]): Repair[] {
  return [{ object, fields, manager: 'other' }];
}

describe('RepairLog', () => {
  it('a field repaired three times within ten minutes is contested, with the manager of the last repair', () => {
    const log = new RepairLog();
    for (const minute of [0, 4, 8]) log.add(repair('data.url'), minute * MINUTE);
    assert.deepEqual(log.contested(8 * MINUTE), [{ object, path: 'data.url', manager: 'other' }]);
  });

  it('two repairs, or three over a longer time, or three of different fields are none', () => {
    const log = new RepairLog();
    for (const minute of [0, 1]) log.add(repair('data.twice'), minute * MINUTE);
    for (const minute of [0, 6, 12]) log.add(repair('data.slow'), minute * MINUTE);
    log.add(repair('data.a', 'data.b', 'data.c'), 0);
    assert.deepEqual(log.contested(12 * MINUTE), []);
  });

  it('is left alone until the window has passed', () => {
    const log = new RepairLog();
    for (const minute of [0, 1, 2]) log.add(repair('data.url'), minute * MINUTE);
    assert.equal(log.contested(9 * MINUTE).length, 1);
    assert.equal(log.contested(11 * MINUTE).length, 0);
  });
});
