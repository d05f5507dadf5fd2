import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { TimerQueue } from './timers.ts';

describe('the timer queue', () => {
  it('fires in the order of time, skips cancelled timers, and fires nothing after it is closed', async () => {
    const timers = new TimerQueue();
    const calls: string[] = [];
    timers.schedule(30, () => calls.push('late'));
    timers.schedule(1, () => {
      calls.push('early');
      timers.schedule(1, () => calls.push('nested'));
    });
    timers.schedule(5, () => calls.push('cancelled'))();
    await delay(60);
    assert.deepEqual(calls, ['early', 'nested', 'late']);
    timers.schedule(1, () => calls.push('never'));
    timers.close();
    timers.schedule(1, () => calls.push('never'));
    await delay(10);
    assert.equal(calls.length, 3);
  });
});
