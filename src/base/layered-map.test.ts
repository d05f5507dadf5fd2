import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LayeredMap } from './layered-map.ts';

describe('layered map', () => {
  it('behaves like a Map under random changes and copies, and copies are independent', () => {
    let seed = 1;
    const random = (limit: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % limit;
    };
    let layered = LayeredMap.of<{ value: number }>();
    let plain = new Map<string, { value: number }>();
    const frozen: [LayeredMap<{ value: number }>, Map<string, { value: number }>][] = [];
    for (let step = 0; step < 5000; step += 1) {
      const key = `k${random(400)}`;
      if (random(3) === 0) assert.equal(layered.delete(key), plain.delete(key));
      else {
        layered.set(key, { value: step });
        plain.set(key, { value: step });
      }
      assert.deepEqual(layered.get(key), plain.get(key));
      if (random(40) === 0) {
        frozen.push([layered, plain]);
        layered = layered.copy();
        plain = new Map(plain);
      }
    }
    for (const [copy, expected] of [...frozen, [layered, plain] as const]) {
      assert.deepEqual(new Map(copy), expected);
      assert.equal(copy.size, expected.size);
    }
  });

  it('starts with the entries given', () => {
    const map = LayeredMap.of([['a', { value: 1 }]]);
    assert.deepEqual([map.size, map.has('a'), map.has('b'), map.get('b')], [1, true, false, undefined]);
  });

  it('is iterated to its end as it was when it is copied in between', () => {
    const map = LayeredMap.of([['k0', { value: 0 }]]);
    for (let value = 1; value < 100; value += 1) map.set(`k${value}`, { value });
    const seen: number[] = [];
    for (const [, { value }] of map) {
      if (value === 0) map.copy().set('other', { value: -1 });
      seen.push(value);
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, index) => index),
    );
  });
});
