import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Readable } from 'node:stream';
import { NautesError } from '../../errors/errors.ts';
import { AnswerBudget, MAXIMUM_SHARE_BYTES, MAXIMUM_TOTAL_TRAFFIC_BYTES } from './answer-budget.ts';

const signal = AbortSignal.timeout(60_000);

/** A body that never comes. */
function silence(): Readable {
  return new Readable({ read: () => {} });
}

const noTimeout = (): void => assert.fail('it was given up');

async function readAll(body: Readable): Promise<void> {
  for await (const _ of body);
}

describe('the places for large answers', () => {
  it('are given up by an answer that is too slow, and the next one is read', async () => {
    const budget = new AnswerBudget({ places: 1, placeMilliseconds: 5 });
    const slow = silence();
    const refused = assert.rejects(
      budget.readLarge(
        'slow:1',
        (error) => slow.destroy(error),
        () => readAll(slow),
        signal,
      ),
      (error) => error instanceof NautesError && error.reason === 'ClusterTimeout',
    );
    let isRead = false;
    await budget.readLarge('other:1', noTimeout, () => Promise.resolve((isRead = true)), signal);
    await refused;
    assert.equal(isRead, true);
  });

  it('are not given to a cluster that has wasted one while few of its kind have theirs', async () => {
    const budget = new AnswerBudget({ places: 3, placeMilliseconds: 60_000 });
    const fail = (): Promise<never> => Promise.reject(new Error('it broke off'));
    for (const name of ['a:1', 'b:1', 'c:1'])
      await assert.rejects(budget.readLarge(name, noTimeout, fail, signal), /broke off/);
    const ends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const started: string[] = [];
    const read = (name: string, until: Promise<void>) =>
      budget.readLarge(name, noTimeout, () => (started.push(name), until), signal);
    const [first, second] = ends.map(({ promise }, index) => read(['a:1', 'b:1'][index] ?? '', promise));
    const third = read('c:1', Promise.resolve());
    await read('healthy:1', Promise.resolve());
    assert.deepEqual(started, ['a:1', 'b:1', 'healthy:1']);
    for (const { resolve } of ends) resolve();
    await Promise.all([first, second, third]);
    assert.deepEqual(started, ['a:1', 'b:1', 'healthy:1', 'c:1']);
  });
});

describe('the traffic of all clusters', () => {
  it('leaves each its share once it is too much', () => {
    const budget = new AnswerBudget();
    const limit = 256 * 1024 * 1024;
    assert.equal(budget.count(MAXIMUM_TOTAL_TRAFFIC_BYTES, limit), limit);
    assert.equal(budget.count(1, limit), MAXIMUM_SHARE_BYTES);
    assert.equal(budget.count(1, 1_000), 1_000);
  });
});
