import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyedMutex } from './keyed-mutex.ts';
import { sleep } from './timing.ts';

describe('KeyedMutex', () => {
  it('runs tasks of one key one after the other in FIFO order', async () => {
    const mutex = new KeyedMutex();
    const log: string[] = [];
    const task = (name: string, milliseconds: number) => async () => {
      log.push(`${name} begins`);
      await sleep(milliseconds);
      log.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all([mutex.run('a', task('first', 5)), mutex.run('a', task('second', 0))]);
    assert.deepEqual(results, ['first', 'second']);
    assert.deepEqual(log, ['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('does not let one key wait for another', async () => {
    const mutex = new KeyedMutex();
    let release = (): void => {};
    const blocked = mutex.run('a', () => new Promise<void>((resolve) => (release = resolve)));
    assert.equal(await mutex.run('b', async () => 'done'), 'done');
    release();
    await blocked;
  });

  it('continues after a task that failed', async () => {
    const mutex = new KeyedMutex();
    const failed = mutex.run('a', async () => {
      throw new Error('expected');
    });
    const next = mutex.run('a', async () => 'done');
    await assert.rejects(failed, /expected/);
    assert.equal(await next, 'done');
  });

  it('is idle when the last task has ended', async () => {
    const mutex = new KeyedMutex();
    let ended = 0;
    for (const key of ['a', 'a', 'b']) void mutex.run(key, () => sleep(1).then(() => void (ended += 1)));
    await mutex.idle();
    assert.equal(ended, 3);
  });
});
