import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CIRCUIT_FAILURE_THRESHOLD, CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS, CircuitBreaker } from './circuit-breaker.ts';
import { ConcurrencyLimit, forEachBounded, mapBounded } from '../../base/async/concurrency.ts';

describe('circuit breaker', () => {
  function broken(): { breaker: CircuitBreaker; clock: { time: number; now(): number } } {
    const clock = { time: 0, now: () => clock.time };
    const breaker = new CircuitBreaker('127.0.0.1:6443', CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS, clock);
    for (let failure = 0; failure < CIRCUIT_FAILURE_THRESHOLD; failure += 1) {
      breaker.admit();
      breaker.failed();
    }
    return { breaker, clock };
  }

  it('opens after failures in a row and says when the next trial is', () => {
    const { breaker } = broken();
    assert.throws(
      () => breaker.admit(),
      (error: { reason: string; retryAfterMilliseconds: number }) => {
        return error.reason === 'ClusterCircuitOpen' && error.retryAfterMilliseconds >= 1000;
      },
    );
  });

  it('lets one trial through after the pause; its success closes it, its failure opens it for longer', () => {
    const { breaker, clock } = broken();
    clock.time += CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS;
    breaker.admit();
    assert.throws(() => breaker.admit(), { reason: 'ClusterCircuitOpen' }, 'a second one beside the trial');
    breaker.failed();
    assert.throws(() => breaker.admit(), { reason: 'ClusterCircuitOpen' });
    clock.time += CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS;
    breaker.admit();
    breaker.succeeded();
    breaker.admit();
    breaker.admit();
  });

  it('a trial that was given up here says nothing: another may follow', () => {
    const { breaker, clock } = broken();
    clock.time += CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS;
    breaker.admit();
    breaker.abandoned();
    breaker.admit();
  });

  it('a success in between begins the count anew', () => {
    const breaker = new CircuitBreaker('127.0.0.1:6443', CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS, { now: () => 0 });
    for (let round = 0; round < 20; round += 1) {
      breaker.admit();
      if (round % 2 === 0) breaker.failed();
      else breaker.succeeded();
    }
  });
});

describe('bounded concurrency', () => {
  it('runs at most so many at a time, in order, and all of them', async () => {
    const limit = new ConcurrencyLimit(2);
    const signal = new AbortController().signal;
    const started: number[] = [];
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        limit.run(async () => {
          started.push(index);
          most = Math.max(most, limit.running);
          await delay(1);
        }, signal),
      ),
    );
    assert.equal(most, 2);
    assert.deepEqual(started, [...started.keys()]);
    assert.equal(limit.running, 0);
  });

  it('one that is aborted while it waits leaves its place to the next', async () => {
    const limit = new ConcurrencyLimit(1);
    const gate = Promise.withResolvers<void>();
    const controller = new AbortController();
    const open = new AbortController().signal;
    const first = limit.run(() => gate.promise, open);
    const aborted = limit.run(() => Promise.resolve(), controller.signal);
    const third = limit.run(() => Promise.resolve('third'), open);
    controller.abort(new Error('enough'));
    await assert.rejects(aborted, /enough/);
    gate.resolve();
    await first;
    assert.equal(await third, 'third');
  });

  it('a failure stops the start of further ones and is passed on when the running ones have ended', async () => {
    const seen: number[] = [];
    const work = forEachBounded([1, 2, 3, 4, 5], 2, async (item) => {
      await delay(item === 2 ? 1 : 5);
      seen.push(item);
      if (item === 2) throw new Error('second');
    });
    await assert.rejects(work, /second/);
    assert.deepEqual(seen, [2, 1]);
  });

  it('results come in the order of the items', async () => {
    const results = await mapBounded([3, 1, 2], 3, async (item) => {
      await delay(item);
      return item * 10;
    });
    assert.deepEqual(results, [30, 10, 20]);
  });
});
