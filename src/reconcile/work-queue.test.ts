import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sleep } from '../base/async/timing.ts';
import { type Lane, WorkQueue } from './work-queue.ts';

const failOnError = (key: string, error: unknown): never => assert.fail(`${key}: ${String(error)}`);

/** Lets the test decide when each run ends. */
class Gate {
  readonly started: string[] = [];
  readonly #open = new Map<string, () => void>();

  run = (key: string): Promise<void> => {
    this.started.push(key);
    return new Promise((resolve) => this.#open.set(key, resolve));
  };

  async finish(key: string): Promise<void> {
    this.#open.get(key)?.();
    this.#open.delete(key);
    await sleep(0);
  }
}

function queueOf(gate: Gate, concurrency: Partial<Record<Lane, number>> = {}, lane?: (key: string) => Lane): WorkQueue {
  return new WorkQueue({
    run: gate.run,
    onError: failOnError,
    concurrency: { healthy: 1, suspect: 1, ...concurrency },
    ...(lane === undefined ? {} : { lane }),
  });
}

describe('a run that has its place in the healthy lane for long', () => {
  it('continues in a place of the suspect lane, and another begins', async () => {
    const gate = new Gate();
    const queue = new WorkQueue({
      run: gate.run,
      onError: failOnError,
      concurrency: { healthy: 1, suspect: 1 },
      healthyMilliseconds: 5,
    });
    for (const key of ['slow', 'other']) queue.add(key);
    while (!gate.started.includes('other')) await sleep(1);
    assert.deepEqual(gate.started, ['slow', 'other']);
    await gate.finish('other');
    assert.deepEqual([queue.load.healthy.running, queue.load.suspect.running], [0, 1]);
    await gate.finish('slow');
    assert.deepEqual([queue.load.healthy.running, queue.load.suspect.running], [0, 0]);
    await queue.close();
  });

  it('has to end when the suspect lane is full', async () => {
    const gate = new Gate();
    const crowded: string[] = [];
    const queue = new WorkQueue({
      run: gate.run,
      onError: failOnError,
      concurrency: { healthy: 2, suspect: 1 },
      lane: (key) => (key === 'suspect' ? 'suspect' : 'healthy'),
      healthyMilliseconds: 5,
      onCrowded: (key) => crowded.push(key),
    });
    for (const key of ['suspect', 'slow']) queue.add(key);
    while (crowded.length === 0) await sleep(1);
    assert.deepEqual(crowded, ['slow']);
    for (const key of ['suspect', 'slow']) await gate.finish(key);
    await queue.close();
  });
});

describe('keys whose runs take long', () => {
  it('leave half of the places of the suspect lane to others, whatever came first, and get theirs', async () => {
    const gate = new Gate();
    const queue = new WorkQueue({
      run: gate.run,
      onError: failOnError,
      concurrency: { healthy: 1, suspect: 4 },
      lane: () => 'suspect',
      isLong: (key) => key.startsWith('slow'),
    });
    for (const key of ['slow-1', 'slow-2', 'slow-3', 'slow-4', 'recovered', 'other', 'third']) queue.add(key);
    assert.deepEqual(gate.started, ['slow-1', 'slow-2', 'recovered', 'other']);
    await gate.finish('recovered');
    assert.equal(gate.started.at(-1), 'third');
    await gate.finish('slow-1');
    assert.equal(gate.started.at(-1), 'slow-3');
    for (const key of ['slow-2', 'slow-3', 'slow-4', 'other', 'third']) await gate.finish(key);
    assert.deepEqual([queue.load.suspect.running, queue.load.suspect.waiting], [0, 0]);
    await queue.close();
  });
});

describe('WorkQueue', () => {
  it('runs a key once when it is added twice before it starts', async () => {
    const gate = new Gate();
    const queue = queueOf(gate);
    for (const key of ['a', 'b', 'b']) queue.add(key);
    await gate.finish('a');
    await gate.finish('b');
    assert.deepEqual(gate.started, ['a', 'b']);
    await queue.close();
  });

  it('runs a key once more when it is added while it runs', async () => {
    const gate = new Gate();
    const queue = queueOf(gate, { healthy: 4 });
    for (const key of ['a', 'a', 'a']) queue.add(key);
    await gate.finish('a');
    await gate.finish('a');
    assert.deepEqual(gate.started, ['a', 'a']);
    await queue.close();
  });

  it('starts user actions before periodic work that came earlier', async () => {
    const gate = new Gate();
    const queue = queueOf(gate);
    queue.add('running');
    queue.add('periodic');
    queue.add('asked', 'user');
    await gate.finish('running');
    assert.deepEqual(gate.started, ['running', 'asked']);
    await gate.finish('asked');
    await gate.finish('periodic');
    await queue.close();
  });

  it('says how long a lane has had a key waiting, also when a person asks for it meanwhile', async () => {
    const gate = new Gate();
    const queue = queueOf(gate);
    queue.add('running');
    assert.equal(queue.load.healthy.oldestMilliseconds, 0);
    const before = performance.now();
    queue.add('late');
    await sleep(2);
    const waited = performance.now() - before;
    queue.add('late', 'user');
    assert.ok(queue.load.healthy.oldestMilliseconds >= waited - 1);
    assert.equal(queue.load.suspect.oldestMilliseconds, 0);
    await gate.finish('running');
    await gate.finish('late');
    assert.equal(queue.load.healthy.oldestMilliseconds, 0);
    await queue.close();
  });

  it('gives healthy keys a place while every suspect one waits for its cluster', async () => {
    const gate = new Gate();
    const queue = queueOf(gate, { healthy: 1, suspect: 2 }, (key) => (key.startsWith('dead') ? 'suspect' : 'healthy'));
    for (const key of ['dead-1', 'dead-2', 'dead-3', 'alive']) queue.add(key);
    assert.deepEqual(gate.started, ['dead-1', 'dead-2', 'alive']);
    for (const key of ['alive', 'dead-1', 'dead-2', 'dead-3']) await gate.finish(key);
    await queue.close();
  });

  it('a key that has become suspect waits in that lane only', async () => {
    const suspects = new Set<string>();
    const gate = new Gate();
    const queue = queueOf(gate, {}, (key) => (suspects.has(key) ? 'suspect' : 'healthy'));
    for (const key of ['busy', 'late']) queue.add(key);
    suspects.add('late');
    queue.add('late');
    assert.deepEqual([gate.started, queue.depth], [['busy', 'late'], 0]);
    await gate.finish('busy');
    await gate.finish('late');
    assert.deepEqual(gate.started, ['busy', 'late']);
    await queue.close();
  });

  it('a run that adds its own key at once is followed by another, not accompanied', async () => {
    let runs = 0;
    const queue: WorkQueue = new WorkQueue({
      run: async (key) => {
        runs += 1;
        assert.equal(queue.running, 1);
        if (runs === 1) queue.add(key);
        await Promise.resolve();
      },
      onError: failOnError,
      concurrency: { healthy: 4, suspect: 1 },
    });
    queue.add('a');
    while (queue.depth > 0 || queue.running > 0) await sleep(0);
    assert.equal(runs, 2);
    await queue.close();
  });

  it('waits for a delay that a timer cannot hold instead of running at once', async () => {
    const gate = new Gate();
    const queue = queueOf(gate);
    for (const [key, delay] of [
      ['month', 25 * 24 * 3_600_000],
      ['endless', Number.POSITIVE_INFINITY],
    ] as const) {
      queue.addAfter(key, delay);
    }
    assert.throws(() => queue.addAfter('none', Number.NaN), RangeError);
    queue.addAfter('soon', 20);
    while (gate.started.length === 0) await sleep(1);
    assert.deepEqual(gate.started, ['soon']);
    await gate.finish('soon');
    await queue.close();
  });

  it('keeps the earlier of two delays', async () => {
    const gate = new Gate();
    const queue = queueOf(gate);
    queue.addAfter('a', 5);
    queue.addAfter('a', 60_000);
    while (gate.started.length === 0) await sleep(1);
    assert.deepEqual(gate.started, ['a']);
    await gate.finish('a');
    await queue.close();
  });

  it('reports a failing run and continues', async () => {
    const errors: string[] = [];
    const queue = new WorkQueue({
      run: (key) => (key === 'bad' ? Promise.reject(new Error('broken')) : Promise.resolve()),
      onError: (key) => errors.push(key),
      concurrency: { healthy: 1, suspect: 1 },
    });
    queue.add('bad');
    queue.add('good');
    while (errors.length === 0 || queue.depth > 0 || queue.running > 0) await sleep(0);
    assert.deepEqual(errors, ['bad']);
    assert.equal(queue.running, 0);
    await queue.close();
  });

  it('aborts what runs and waits for it when it closes', async () => {
    let ended = false;
    const queue = new WorkQueue({
      run: (_key, _lane, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            ended = true;
            resolve();
          });
        }),
      onError: failOnError,
      concurrency: { healthy: 1, suspect: 1 },
    });
    queue.add('a');
    queue.add('never');
    await queue.close();
    assert.equal(ended, true);
  });

  it('never runs a key twice at the same time and never forgets one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }), async (keys) => {
        const active = new Set<string>();
        const lastStart = new Map<string, number>();
        const lastAdd = new Map<string, number>();
        let step = 0;
        const queue = new WorkQueue({
          run: async (key) => {
            assert.equal(active.has(key), false);
            active.add(key);
            lastStart.set(key, step++);
            await Promise.resolve();
            active.delete(key);
          },
          onError: failOnError,
          concurrency: { healthy: 2, suspect: 1 },
        });
        for (const key of keys) {
          lastAdd.set(key, step++);
          queue.add(key);
          if (key === 'd') await Promise.resolve();
        }
        while (queue.depth > 0 || queue.running > 0) await sleep(0);
        for (const [key, added] of lastAdd)
          assert.ok((lastStart.get(key) ?? -1) > added, `${key} ran after its last add`);
        await queue.close();
      }),
      { numRuns: 50 },
    );
  });
});
