import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep } from '../base/async/timing.ts';
import { WaitingCallers } from '../base/async/waiting-callers.ts';
import { GivingWay, RUNS_BESIDE_CALLERS } from './giving-way.ts';
import { WorkQueue } from './work-queue.ts';

/** A caller who waits until the test lets it go. */
function callerOf(callers: WaitingCallers): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waits = callers.during(() => promise);
  return () => {
    resolve();
    return waits;
  };
}

const KEYS = ['a', 'b', 'c', 'd', 'e'];

describe('runs', () => {
  it('begin a few at a time while a caller waits, and all of them when none does', async () => {
    const callers = new WaitingCallers();
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const queue = new WorkQueue({
      run: (key) => {
        started.push(key);
        return new Promise((resolve) => ends.set(key, resolve));
      },
      onError: (key, error) => assert.fail(`${key}: ${String(error)}`),
      concurrency: { healthy: KEYS.length, suspect: 1 },
      callers,
    });
    const leave = callerOf(callers);
    for (const key of KEYS) queue.add(key);
    assert.deepEqual(started, KEYS.slice(0, RUNS_BESIDE_CALLERS));
    ends.get('a')?.();
    while (started.length === RUNS_BESIDE_CALLERS) await sleep(1);
    assert.deepEqual(started, KEYS.slice(0, RUNS_BESIDE_CALLERS + 1), 'one for the one that has ended');
    await leave();
    assert.deepEqual(started, KEYS);
    for (const end of ends.values()) end();
    await queue.close();
  });

  it('that take long do not keep others from starting', async () => {
    const callers = new WaitingCallers();
    const leave = callerOf(callers);
    const told = Promise.withResolvers<void>();
    const giving = new GivingWay(callers, told.resolve, 20);
    giving.started('hangs');
    giving.started('hangs too');
    const keepsRunning = setTimeout(() => {}, 60_000);
    if (!giving.mayStart()) await told.promise;
    assert.equal(giving.mayStart(), true);
    clearTimeout(keepsRunning);
    giving.close();
    await leave();
  });
});
