import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateLimiter } from './rate-limiter.ts';

describe('RateLimiter', () => {
  it('spaces uses evenly whenever they arrive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(fc.nat({ max: 5000 })), (perMinute, pauses) => {
        let now = 0;
        const pace = new RateLimiter(perMinute, () => now);
        let last = Number.NEGATIVE_INFINITY;
        for (const pause of pauses) {
          now += pause;
          const at = now + pace.reserve();
          assert.ok(at - last >= 60_000 / perMinute - 1e-6);
          last = at;
        }
      }),
    );
  });

  it('does not delay the first use, nor one that comes late enough', () => {
    let now = 5000;
    const pace = new RateLimiter(60, () => now);
    assert.equal(pace.reserve(), 0);
    now += 400;
    assert.equal(pace.reserve(), 600);
    now += 5000;
    assert.equal(pace.reserve(), 0);
  });

  it('stops waiting when its caller aborts', async () => {
    const pace = new RateLimiter(1);
    pace.reserve();
    await assert.rejects(pace.wait(AbortSignal.abort()), { name: 'AbortError' });
  });
});
