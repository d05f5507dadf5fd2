import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SlidingWindowLimiter } from './sliding-window-limiter.ts';

const never = new AbortController().signal;

describe('SlidingWindowLimiter', () => {
  it('never allows more uses in any minute than its limit', async () => {
    const pauses = fc.array(fc.nat({ max: 30_000 }), { maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), pauses, async (perMinute, steps) => {
        let now = 0;
        const budget = new SlidingWindowLimiter(perMinute, () => now);
        const uses: number[] = [];
        for (const step of steps) {
          now += step;
          const wait = await budget.take(0, never);
          if (wait === 0) uses.push(now);
          else assert.ok(wait <= 60_000);
        }
        for (const [index, time] of uses.entries()) {
          assert.ok(uses.slice(index).filter((other) => other < time + 60_000).length <= perMinute);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('returns the wait without taking a slot when it exceeds the patience of the caller', async () => {
    let now = 0;
    const budget = new SlidingWindowLimiter(2, () => now);
    assert.equal(await budget.take(0, never), 0);
    now = 10_000;
    assert.equal(await budget.take(0, never), 0);
    assert.equal(await budget.take(1000, never), 50_000);
    now = 60_000;
    assert.equal(await budget.take(0, never), 0);
    assert.equal(await budget.take(0, never), 10_000);
  });

  it('lets callers with enough patience wait until they abort', async () => {
    const budget = new SlidingWindowLimiter(1, () => 59_990);
    await budget.take(0, never);
    const gone = new AbortController();
    const waiting = budget.take(100_000, gone.signal);
    gone.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
  });
});
