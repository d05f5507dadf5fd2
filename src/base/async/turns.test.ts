import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from './turns.ts';

/** Counts iterations of the event loop until it is stopped. */
function iterations(): { readonly count: () => number; readonly stop: () => void } {
  let count = 0;
  let next = setImmediate(function tick() {
    count += 1;
    next = setImmediate(tick);
  });
  return { count: () => count, stop: () => clearImmediate(next) };
}

describe('turns', () => {
  it('are taken in order, each in an iteration of its own', async () => {
    const turns = new Turns();
    const loop = iterations();
    const taken: [number, number][] = [];
    const work = async (index: number): Promise<void> => {
      await turns.take();
      await Promise.resolve(); // what follows at once is part of the turn
      taken.push([index, loop.count()]);
    };
    await Promise.all([0, 1, 2, 3].map(work));
    await work(4);
    loop.stop();
    assert.deepEqual(
      taken.map(([index]) => index),
      [0, 1, 2, 3, 4],
    );
    assert.equal(new Set(taken.map(([, iteration]) => iteration)).size, 5);
  });
});
