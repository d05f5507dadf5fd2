import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Coalescer } from './coalescer.ts';

/** An operation whose runs end when the test ends them. */
function controlled() {
  const runs: { key: string; end(): void; fail(error: Error): void }[] = [];
  const shared = new Coalescer(
    (key) => new Promise((resolve, reject) => void runs.push({ key, end: resolve, fail: reject })),
  );
  return { shared, runs };
}

describe('Coalescer', () => {
  it('lets callers that come during a run share one that starts after it', async () => {
    const { shared, runs } = controlled();
    const first = shared.run('a');
    const later = [shared.run('a'), shared.run('a'), shared.run('a')];
    assert.equal(runs.length, 1);
    runs[0]?.end();
    await first;
    await Promise.resolve();
    assert.equal(runs.length, 2);
    runs[1]?.end();
    await Promise.all(later);
    assert.equal(runs.length, 2);
  });

  it('runs different keys in parallel', async () => {
    const { shared, runs } = controlled();
    const both = Promise.all([shared.run('a'), shared.run('b')]);
    assert.deepEqual(
      runs.map((run) => run.key),
      ['a', 'b'],
    );
    for (const run of runs) run.end();
    await both;
  });

  it('reports a failure only to the callers that waited for that run', async () => {
    const { shared, runs } = controlled();
    const first = shared.run('a');
    const second = shared.run('a');
    runs[0]?.fail(new Error('expected'));
    await assert.rejects(first, /expected/);
    await Promise.resolve();
    runs[1]?.end();
    await second;
    const third = shared.run('a');
    assert.equal(runs.length, 3);
    runs[2]?.end();
    await third;
  });
});
