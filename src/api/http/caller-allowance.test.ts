import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallerAllowance } from './caller-allowance.ts';

describe('the allowance of callers', () => {
  it('is used up by one caller alone, and fills evenly', () => {
    let now = 0;
    const allowance = new CallerAllowance(2, () => now);
    assert.deepEqual([allowance.take('ada'), allowance.take('ada'), allowance.take('ada')], [0, 0, 30_000]);
    assert.equal(allowance.take('grace'), 0);
    now = 29_000;
    assert.ok(allowance.take('ada') > 0);
    now = 30_000;
    assert.deepEqual([allowance.take('ada'), allowance.take('ada')], [0, 30_000]);
    now = 10 * 60_000;
    assert.deepEqual([allowance.take('ada'), allowance.take('ada'), allowance.take('ada')], [0, 0, 30_000]);
  });
});
