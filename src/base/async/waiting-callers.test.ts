import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaitingCallers } from './waiting-callers.ts';

describe('waiting callers', () => {
  it('are counted until their work has ended, also in an error, and the last one is told', async () => {
    const callers = new WaitingCallers();
    let told = 0;
    const stop = callers.onEmpty(() => (told += 1));
    assert.equal(callers.isEmpty, true);
    const first = Promise.withResolvers<string>();
    const second = Promise.withResolvers<string>();
    const answers = [callers.during(() => first.promise), callers.during(() => second.promise)];
    assert.equal(callers.isEmpty, false);
    first.resolve('saved');
    assert.equal(await answers[0], 'saved');
    assert.deepEqual([callers.isEmpty, told], [false, 0]);
    second.reject(new Error('refused'));
    await assert.rejects(Promise.resolve(answers[1]), /refused/);
    assert.deepEqual([callers.isEmpty, told], [true, 1]);
    stop();
    await callers.during(async () => {});
    assert.equal(told, 1);
  });

  it('do not count any more when they wait long for a peer', async () => {
    const callers = new WaitingCallers(5);
    const left = new Promise<void>((resolve) => callers.onEmpty(resolve));
    const slow = Promise.withResolvers<void>();
    const answer = callers.during(() => slow.promise);
    assert.equal(callers.isEmpty, false);
    const keepsRunning = setTimeout(() => {}, 60_000);
    await left;
    clearTimeout(keepsRunning);
    assert.equal(callers.isEmpty, true);
    slow.resolve();
    await answer;
    assert.equal(callers.isEmpty, true, 'nobody is counted off twice');
  });
});
