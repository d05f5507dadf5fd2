import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentCache } from './recent-cache.ts';

describe('RecentCache', () => {
  it('computes once for all callers, also concurrent ones', async () => {
    const cache = new RecentCache<number>(2);
    let computed = 0;
    const compute = async (): Promise<number> => (computed += 1);
    assert.deepEqual(await Promise.all([cache.get('a', compute), cache.get('a', compute)]), [1, 1]);
    assert.equal(await cache.get('a', compute), 1);
  });

  it('evicts the least recently used entry', async () => {
    const cache = new RecentCache<string>(2);
    const computed: string[] = [];
    const get = (key: string) =>
      cache.get(key, async () => {
        computed.push(key);
        return key;
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    assert.deepEqual(computed, ['a', 'b', 'c', 'b']);
  });

  it('does not cache a failure', async () => {
    const cache = new RecentCache<string>(2);
    await assert.rejects(
      cache.get('a', () => Promise.reject(new Error('first'))),
      /first/,
    );
    assert.equal(await cache.get('a', () => Promise.resolve('second')), 'second');
  });
});
