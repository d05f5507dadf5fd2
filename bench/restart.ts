import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import { adminRequest } from '../test/harness/sandbox-source.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { CLUSTERS, Fleet, numbersTo } from './support/fleet.ts';
import { gitOutput } from './support/seed-repository.ts';

/** The server is killed when this share of the clusters is Ready. */
const KILL_SHARE = 0.5;
const POLL_MILLISECONDS = 200;

/** A server that is killed while it takes a fleet in, and started again. */
export const restartBenchmark: Benchmark = {
  name: 'restart',
  title: 'a server that is killed in the middle of a fleet, against the pace that it had before',
  async run(context) {
    const clusters = context.options.clusters ?? CLUSTERS;
    await using fleet = await Fleet.open({ clusters, directory: join(context.directory, 'fleet') });
    return await measure(context, fleet, clusters);
  },
};

async function measure({ progress }: BenchmarkContext, fleet: Fleet, clusters: number): Promise<readonly Figure[]> {
  const indexes = numbersTo(clusters);
  const callers = new PersistentCallers(fleet, indexes);
  const started = performance.now();
  const saving = callers.run();
  saving.catch(() => {}); // awaited below
  while ((await fleet.readyCount()) < clusters * KILL_SHARE) await sleep(POLL_MILLISECONDS);
  const ready = await fleet.readyCount();
  const before = (performance.now() - started) / 1000;
  progress(`kill -9 with ${ready} of ${clusters} clusters Ready and ${callers.answered.size} saves answered`);
  await fleet.server.kill();
  const killed = performance.now();
  await fleet.server.start();
  const up = (performance.now() - killed) / 1000;
  await saving;
  await fleet.untilReady(clusters, (count) => progress(`${count} clusters are Ready`));
  const level = (performance.now() - killed) / 1000;
  progress('looking for what was lost or doubled');
  const { commits, doubledCommits, lost } = await commitsOf(fleet, callers);
  const tokens = await tokenCounts(fleet, indexes);
  const again = await restartAtRest(fleet, indexes, progress);
  return [
    figureOf({
      figure: `from the kill until all ${clusters} are Ready, against the pace before it`,
      unit: 's',
      ours: level,
      baseline: ((clusters - ready) * before) / ready,
    }),
    figureOf({
      figure: 'of it, until the server answers again',
      unit: 's',
      ours: up,
      wanted: { of: 'ours', atMost: 2 },
    }),
    figureOf({
      figure: 'killed at rest, until the server answers again',
      unit: 's',
      ours: again.answering,
      wanted: { of: 'ours', atMost: 2 },
    }),
    figureOf({
      figure: `of that, until all ${clusters} were looked at again, against taking them in`,
      unit: 's',
      ours: again.lookedAt,
      baseline: (clusters * before) / ready,
      wanted: { of: 'ratio', atMost: 0.5 },
    }),
    figureOf({
      figure: 'answered saves that no commit has',
      unit: 'saves',
      ours: lost,
      wanted: { of: 'ours', atMost: 0 },
    }),
    figureOf({
      figure: `clusters with more than one commit (${commits} commits, ${callers.repeated} saves were sent again)`,
      unit: 'clusters',
      ours: doubledCommits,
      wanted: { of: 'ours', atMost: 0 },
    }),
    figureOf({
      figure: 'clusters with another number of tokens of ours than one',
      unit: 'clusters',
      ours: tokens.filter((count) => count !== 1).length,
      wanted: { of: 'ours', atMost: 0 },
    }),
  ];
}

/** In seconds since the kill. */
interface RestartTimes {
  readonly answering: number;
  readonly lookedAt: number;
}

/** Kills the server when there is nothing to do, and starts it again. */
async function restartAtRest(
  fleet: Fleet,
  indexes: readonly number[],
  progress: BenchmarkContext['progress'],
): Promise<RestartTimes> {
  progress('kill -9 at rest');
  await fleet.server.kill();
  const killed = performance.now();
  const since = new Date().toISOString();
  await fleet.server.start();
  const answering = (performance.now() - killed) / 1000;
  await fleet.untilLookedAtSince(since, indexes);
  return { answering, lookedAt: (performance.now() - killed) / 1000 };
}

/** Callers that repeat an unanswered save, as users and pipelines do. */
class PersistentCallers {
  readonly answered = new Set<number>();
  repeated = 0;
  readonly #fleet: Fleet;
  readonly #waiting: number[];

  constructor(fleet: Fleet, indexes: readonly number[]) {
    this.#fleet = fleet;
    this.#waiting = [...indexes];
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: 10 }, () => this.#caller()));
  }

  async #caller(): Promise<void> {
    for (let index = this.#waiting.shift(); index !== undefined; index = this.#waiting.shift()) {
      await this.#saveUntilAnswered(index);
      this.answered.add(index);
    }
  }

  async #saveUntilAnswered(index: number): Promise<void> {
    for (;;) {
      try {
        await this.#fleet.save(this.#fleet.workers([index]));
        return;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // fetch throws it when there was no answer
        this.repeated += 1;
        await sleep(POLL_MILLISECONDS);
      }
    }
  }
}

async function commitsOf(
  { remote }: Fleet,
  { answered }: PersistentCallers,
): Promise<{ readonly commits: number; readonly doubledCommits: number; readonly lost: number }> {
  const log = await gitOutput(remote, ['log', '--format=%(trailers:key=Cluster,valueonly,separator=%x2C)', 'main']);
  const names = log.split('\n').filter((line) => line !== '');
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    commits: names.length,
    doubledCommits: [...counts.values()].filter((count) => count > 1).length,
    lost: [...answered].filter((index) => !counts.has(Fleet.nameOf(index))).length,
  };
}

/** Each cluster has the one token that is in use: what the killed server had issued besides has ended. */
async function tokenCounts({ simulator }: Fleet, indexes: readonly number[]): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const index of indexes) {
    const kubeconfig = await simulator.kubeconfig(index);
    const request = adminRequest(/server: (\S+)/.exec(kubeconfig)?.[1] ?? '', kubeconfig);
    const { body } = await request('GET', '/api/v1/namespaces/nautes-system/secrets');
    counts.push((body as { items?: readonly unknown[] }).items?.length ?? 0);
  }
  return counts;
}
