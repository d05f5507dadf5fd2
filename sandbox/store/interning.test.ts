import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JsonPool } from './interning.ts';

const LONG = { text: 'x'.repeat(2000) };

describe('the pool of JSON texts', () => {
  it('keeps equal objects once', () => {
    const pool = new JsonPool();
    const first = pool.intern(LONG);
    assert.equal(pool.intern({ ...LONG }), first);
    assert.equal(pool.intern(first.value), first);
    assert.equal(pool.size, 1);
  });

  it('gives objects back as they were', () => {
    const pool = new JsonPool();
    for (const value of [{ a: [1, null, 'b'] }, LONG]) assert.deepEqual(pool.intern(value).value, value);
  });
});
