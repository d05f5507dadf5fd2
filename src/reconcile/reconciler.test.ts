import { type Metrics, noMetrics } from '../base/metrics.ts';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '../base/logger.ts';
import { sleep } from '../base/async/timing.ts';
import type { RunOutcome } from './outcome.ts';
import type { HeldBack } from './quarantine.ts';
import type { ReconciledKind, RunRequest } from './reconciled-kind.ts';
import { Reconciler } from './reconciler.ts';

const HOUR = 3_600_000;
const one = { kind: 'Thing', name: 'one' };

/** What a run of {@link Things} saw. */
interface SeenRun {
  readonly name: string;
  readonly lane: string;
  readonly failures: number;
  readonly isFirst: boolean;
  readonly isRequested?: true;
}

/** A kind whose runs end as the test says, one outcome a run; the last one again for all that follow. */
class Things implements ReconciledKind<string> {
  readonly kind: string;
  readonly resyncMilliseconds = HOUR;
  readonly runs: SeenRun[] = [];
  readonly abandoned: string[] = [];
  readonly #outcomes: readonly RunOutcome[];

  constructor(outcomes: readonly RunOutcome[], kind = 'Thing') {
    this.#outcomes = outcomes;
    this.kind = kind;
  }

  run({ name, lane, isRequested, runtime }: RunRequest<string>): Promise<RunOutcome> {
    const outcome = this.#outcomes[Math.min(this.runs.length, this.#outcomes.length - 1)];
    if (outcome === undefined) throw new Error('no outcome is left');
    this.runs.push({
      name,
      lane,
      failures: runtime.failures,
      isFirst: runtime.memory === undefined,
      ...(isRequested && { isRequested }),
    });
    runtime.memory = 'seen';
    return Promise.resolve(outcome);
  }

  onAbandoned(name: string): void {
    this.abandoned.push(name);
  }

  async untilRuns(count: number): Promise<void> {
    while (this.runs.length < count) await sleep(1);
  }
}

function reconcilerOf(...kinds: readonly ReconciledKind<string>[]): Reconciler {
  const reconciler = new Reconciler({ concurrency: { healthy: 1, suspect: 1 }, logger: silentLogger });
  for (const kind of kinds) reconciler.register(kind);
  return reconciler;
}

/** A kind whose first run ends only when it is told to; the others are done at once. */
class SlowThing implements ReconciledKind<string> {
  readonly kind = 'Thing';
  readonly resyncMilliseconds = HOUR;
  readonly lanes: string[] = [];
  readonly failures: number[] = [];
  reason: unknown;

  async run({ lane, runtime }: RunRequest<string>, signal: AbortSignal): Promise<RunOutcome> {
    this.lanes.push(lane);
    this.failures.push(runtime.failures);
    if (this.lanes.length > 1) return { outcome: 'done' };
    await once(signal, 'abort');
    this.reason = signal.reason;
    throw signal.reason;
  }
}

describe('a run that takes too long', () => {
  it('is ended, counted as a failure, and follows later in the suspect lane', async () => {
    const counted: unknown[] = [];
    const metrics: Metrics = { ...noMetrics, add: ({ name }, labels) => void counted.push([name, labels]) };
    const thing = new SlowThing();
    const reconciler = new Reconciler({
      concurrency: { healthy: 1, suspect: 1 },
      logger: silentLogger,
      metrics,
      times: { run: 5 },
    });
    reconciler.register(thing);
    reconciler.request(one);
    while (!JSON.stringify(counted).includes('RunOverdue')) await sleep(1);
    assert.equal((thing.reason as { reason: string }).reason, 'RunOverdue');
    reconciler.request(one);
    while (thing.lanes.length < 2) await sleep(1);
    await reconciler.close();
    assert.deepEqual(thing.lanes, ['healthy', 'suspect']);
    assert.deepEqual(thing.failures, [0, 1]);
  });

  it('gives its place to others, and begins again in the suspect lane when all places there are taken', async () => {
    const thing = new SlowThing();
    const blocker = new SlowThing();
    const reconciler = new Reconciler({
      concurrency: { healthy: 2, suspect: 1 },
      logger: silentLogger,
      times: { healthy: 20 },
    });
    reconciler.register(thing);
    reconciler.register(Object.defineProperty(blocker, 'kind', { value: 'Blocker' }));
    reconciler.request({ kind: 'Blocker', name: 'one' });
    while (reconciler.load.suspect.running === 0) await sleep(1); // the blocker has moved there
    reconciler.request(one);
    while (thing.reason === undefined) await sleep(1);
    assert.equal(thing.lanes.length, 1);
    assert.equal(reconciler.load.suspect.waiting, 1);
    await reconciler.close();
  });
});

describe('Reconciler', () => {
  it('runs a key of each kind by what the kind registers, with the same name apart', async () => {
    const [things, others] = [new Things([{ outcome: 'done' }]), new Things([{ outcome: 'done' }], 'Other')];
    const reconciler = reconcilerOf(things, others);
    reconciler.request(one);
    reconciler.request({ kind: 'Other', name: 'one' });
    await Promise.all([things.untilRuns(1), others.untilRuns(1)]);
    await reconciler.close();
    assert.deepEqual([things.runs.length, others.runs.length], [1, 1]);
  });

  it('runs a key that waits again after its time, with what is remembered of it', async () => {
    const things = new Things([{ outcome: 'wait', milliseconds: 1, answered: true }, { outcome: 'done' }]);
    const reconciler = reconcilerOf(things);
    reconciler.request(one);
    await things.untilRuns(2);
    await reconciler.close();
    assert.deepEqual(things.runs, [
      { name: 'one', lane: 'healthy', failures: 0, isFirst: true },
      { name: 'one', lane: 'healthy', failures: 0, isFirst: false },
    ]);
  });

  it('looks at a key on request without waiting for its back-off, also after a run that was abandoned', async () => {
    const waits: RunOutcome = { outcome: 'wait', milliseconds: HOUR, answered: false };
    const things = new Things([waits, { outcome: 'abandoned' }, waits]);
    const reconciler = reconcilerOf(things);
    reconciler.request(one);
    await things.untilRuns(1);
    reconciler.look(one);
    await things.untilRuns(3);
    await reconciler.close();
    assert.deepEqual(things.runs, [
      { name: 'one', lane: 'healthy', failures: 0, isFirst: true },
      { name: 'one', lane: 'healthy', failures: 0, isFirst: false, isRequested: true },
      { name: 'one', lane: 'suspect', failures: 0, isFirst: false, isRequested: true },
    ]);
  });

  it('runs a key that is done again when its kind is resynchronised, or at the time that it asks for', async () => {
    const things = new Things([{ outcome: 'done', milliseconds: 1 }, { outcome: 'done' }]);
    const reconciler = reconcilerOf(things);
    reconciler.request(one);
    await things.untilRuns(2);
    await reconciler.close();
    assert.equal(things.runs.length, 2);
  });

  it('counts failed runs by their reason, unexpected errors among them', async () => {
    const counted: unknown[] = [];
    const metrics: Metrics = {
      ...noMetrics,
      add: ({ name }, labels) => {
        if (name === 'nautes_reconcile_failures_total') counted.push(labels);
      },
    };
    const failed: RunOutcome = { outcome: 'wait', milliseconds: 1, answered: false, failure: 'ClusterUnreachable' };
    const things = new Things([failed, { outcome: 'wait', milliseconds: 1, answered: true }, { outcome: 'done' }]);
    const reconciler = new Reconciler({ concurrency: { healthy: 1, suspect: 1 }, logger: silentLogger, metrics });
    reconciler.register(things);
    reconciler.register({ kind: 'Broken', resyncMilliseconds: HOUR, run: () => Promise.reject(new Error('mistake')) });
    reconciler.request(one);
    await things.untilRuns(3);
    reconciler.request({ kind: 'Broken', name: 'one' });
    while (counted.length < 2) await sleep(1);
    await reconciler.close();
    assert.deepEqual(counted, [
      { kind: 'Thing', reason: 'ClusterUnreachable' },
      { kind: 'Broken', reason: 'Internal' },
    ]);
  });

  it('counts the runs in a row that were not answered, in the suspect lane', async () => {
    const away: RunOutcome = { outcome: 'wait', milliseconds: 1, answered: false };
    const things = new Things([away, away, { ...away, answered: true }, { outcome: 'done' }]);
    const reconciler = reconcilerOf(things);
    reconciler.request(one);
    await things.untilRuns(4);
    await reconciler.close();
    assert.deepEqual(
      things.runs.map(({ lane, failures }) => [lane, failures]),
      [
        ['healthy', 0],
        ['suspect', 1],
        ['suspect', 2],
        ['healthy', 0],
      ],
    );
  });

  it('runs an abandoned key at once in the suspect lane, and lets its kind end what still tries to connect', async () => {
    const things = new Things([{ outcome: 'abandoned' }, { outcome: 'done' }]);
    const reconciler = reconcilerOf(things);
    reconciler.request(one);
    await things.untilRuns(2);
    await reconciler.close();
    assert.deepEqual(
      things.runs.map(({ lane, failures }) => [lane, failures]),
      [
        ['healthy', 0],
        ['suspect', 0],
      ],
    );
    assert.deepEqual(things.abandoned, ['one']);
  });

  it('remembers nothing of a key that there is nothing of', async () => {
    const things = new Things([{ outcome: 'wait', milliseconds: HOUR, answered: false }, { outcome: 'skipped' }]);
    const reconciler = reconcilerOf(things);
    for (const count of [1, 2, 3]) {
      reconciler.request(one);
      await things.untilRuns(count);
    }
    await reconciler.close();
    assert.deepEqual(things.runs.at(-1), { name: 'one', lane: 'healthy', failures: 0, isFirst: true });
  });

  it('aborts the run of a key whose declaration changes and runs it once more, whatever the first came to', async () => {
    const started = new EventTarget();
    const seen: boolean[] = [];
    const kind: ReconciledKind<string> = {
      kind: 'Thing',
      resyncMilliseconds: HOUR,
      async run(_request, signal) {
        seen.push(signal.aborted);
        if (seen.length === 1) {
          started.dispatchEvent(new Event('first'));
          if (!signal.aborted) await once(signal, 'abort');
          return { outcome: 'abandoned' };
        }
        started.dispatchEvent(new Event('second'));
        return { outcome: 'done' };
      },
    };
    const reconciler = reconcilerOf(kind);
    const first = once(started, 'first');
    const second = once(started, 'second');
    reconciler.request(one);
    await first;
    reconciler.changed(one);
    await second;
    await reconciler.close();
    assert.deepEqual(seen, [false, false]);
  });

  it('logs a run that is rejected and counts it as failed', async () => {
    const errors: unknown[] = [];
    const kind: ReconciledKind<string> = {
      kind: 'Thing',
      resyncMilliseconds: HOUR,
      run: () => Promise.reject(new Error('broken')),
    };
    const logger = { ...silentLogger, error: (fields: unknown) => void errors.push(fields) };
    const reconciler = new Reconciler({ concurrency: { healthy: 1, suspect: 1 }, logger });
    reconciler.register(kind);
    reconciler.request(one);
    while (errors.length === 0) await sleep(1);
    await reconciler.close();
    assert.match(JSON.stringify(errors), /"kind":"Thing","name":"one","reason":"Internal"/);
  });

  it('refuses a second registration of a kind', () => {
    const reconciler = reconcilerOf(new Things([]));
    assert.throws(() => reconciler.register(new Things([])), /Thing is registered already/);
  });
});

/** A kind whose runs end when the test says so. */
class HeldRuns implements ReconciledKind<string> {
  readonly kind = 'Thing';
  readonly resyncMilliseconds = HOUR;
  readonly started: string[] = [];
  readonly held: unknown[] = [];
  readonly #ends = new Map<string, () => void>();

  async run({ name, lane }: RunRequest<string>): Promise<RunOutcome> {
    this.started.push(`${name} ${lane}`);
    await new Promise<void>((resolve) => this.#ends.set(name, resolve));
    return { outcome: 'done' };
  }

  onHeld(name: string, held: HeldBack): void {
    this.held.push([name, held]);
  }

  /** Ends the run; resolves when what follows from that at once has begun. */
  async finish(name: string): Promise<void> {
    this.#ends.get(name)?.();
    for (let turn = 0; turn < 10; turn += 1) await setImmediate(); // the end goes through several promises
  }
}

describe('Reconciler after an unclean end', () => {
  function reconcilerAfter(unfinished: Readonly<Record<string, number>>, kind: HeldRuns): Reconciler {
    const journal = { unfinished: new Map(Object.entries(unfinished)), began() {}, ended() {} };
    const concurrency = { healthy: 2, suspect: 2 };
    const reconciler = new Reconciler({ concurrency, logger: silentLogger, journal });
    reconciler.register(kind);
    return reconciler;
  }

  it('runs the keys that were under way in the suspect lane and one at a time, beside all others', async () => {
    const kind = new HeldRuns();
    const reconciler = reconcilerAfter({ 'Thing/a': 1, 'Thing/b': 1 }, kind);
    for (const name of ['a', 'b', 'c']) reconciler.request({ kind: 'Thing', name });
    assert.deepEqual(kind.started, ['a suspect', 'c healthy']);
    await kind.finish('a');
    assert.deepEqual(kind.started, ['a suspect', 'c healthy', 'b suspect']);
    await kind.finish('b');
    reconciler.request({ kind: 'Thing', name: 'a' });
    assert.deepEqual(kind.started.at(-1), 'a healthy');
    for (const name of ['a', 'c']) await kind.finish(name);
    await reconciler.close();
  });

  it('lets a key go first that a person asks for, then those that were under way at fewer ends', async () => {
    const kind = new HeldRuns();
    const reconciler = reconcilerAfter({ 'Thing/a': 1, 'Thing/b': 1, 'Thing/c': 3 }, kind);
    for (const name of ['a', 'b']) reconciler.request({ kind: 'Thing', name });
    reconciler.look({ kind: 'Thing', name: 'c' });
    assert.deepEqual(kind.started, ['a suspect']);
    for (const name of ['a', 'c', 'b']) await kind.finish(name);
    assert.deepEqual(kind.started, ['a suspect', 'c suspect', 'b suspect']);
    await reconciler.close();
  });

  it('leaves a key that was under way at two ends in a row until its pause is over or a person asks', async () => {
    const kind = new HeldRuns();
    const reconciler = reconcilerAfter({ 'Thing/a': 2, 'Thing/b': 1 }, kind);
    for (const name of ['a', 'b']) reconciler.request({ kind: 'Thing', name });
    assert.deepEqual(kind.started, ['b suspect']);
    reconciler.look({ kind: 'Thing', name: 'a' });
    assert.deepEqual(kind.started, ['b suspect']);
    await kind.finish('b');
    assert.deepEqual(kind.started, ['b suspect', 'a suspect']);
    assert.deepEqual(kind.held, [['a', { uncleanEnds: 2, milliseconds: 30_000 }]]);
    await kind.finish('a');
    await reconciler.close();
  });

  it('tells of a key that waits for long behind another one', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const kind = new HeldRuns();
    const reconciler = reconcilerAfter({ 'Thing/a': 1, 'Thing/b': 1, 'Thing/c': 1 }, kind);
    for (const name of ['a', 'b', 'c']) reconciler.request({ kind: 'Thing', name });
    test.mock.timers.tick(9_999);
    assert.deepEqual(kind.held, []);
    test.mock.timers.tick(1); // `a` has been looked at for so long that `b` begins beside it
    assert.deepEqual(kind.held, [['c', { uncleanEnds: 1 }]]);
    for (const name of ['a', 'b', 'c']) await kind.finish(name);
    await reconciler.close();
  });
});
