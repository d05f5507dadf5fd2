import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import type { TargetCluster } from '../test/harness/target-cluster.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { administrator, Fleet, numbersTo } from './support/fleet.ts';
import { percentile } from './support/load.ts';
import { processUsage } from './support/process-usage.ts';

/** The full size is 1,000 (`--clusters 1000`). */
const CLUSTERS = 200;
/** As the configuration has them by default. */
const DRIFT_SECONDS = 300;
const QUICK_LOOK_SECONDS = 50;
/** At most so many clusters lose an object: asking more of them every second takes the processor that is measured. */
const CHANGED = 200;
const POLL_MILLISECONDS = 1_000;
const REPAIR_SECONDS = 600;

const WANTED_SECONDS = 60;
/** Share of a core for 1,000 clusters at rest. */
const WANTED_PERCENT = 5;

/** What is deleted: a Deployment, a Service and a definition, one in each cluster. */
const DELETED: readonly string[] = [
  '/apis/apps/v1/namespaces/traefik/deployments/traefik',
  '/api/v1/namespaces/hnc-system/services/hnc-controller-manager-metrics-service',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/applications.argoproj.io',
];

/** A fleet at rest with the intervals of a default configuration, then with an object missing in many clusters. */
export const driftBenchmark: Benchmark = {
  name: 'drift',
  title: 'processor time at rest, and seconds until a deleted object is set back, with the default intervals',
  async run(context) {
    const { directory, options, progress } = context;
    const clusters = options.clusters ?? CLUSTERS;
    const controllers = { driftSeconds: DRIFT_SECONDS, quickLookSeconds: QUICK_LOOK_SECONDS };
    await using fleet = await Fleet.open({ clusters, directory: join(directory, 'fleet'), controllers });
    await fleet.register(fleet.workers(numbersTo(clusters)), { progress });
    const percent = await measureRest(context, fleet);
    const seconds = await measureRepair(context, fleet, Math.min(clusters, CHANGED));
    return figuresOf(clusters, percent, seconds);
  },
};

/** Percent of a core that the server takes, after each cluster was looked at once. */
async function measureRest({ options, progress }: BenchmarkContext, fleet: Fleet): Promise<number> {
  const seconds = options.seconds ?? DRIFT_SECONDS;
  progress(`at rest for twice ${seconds} seconds, of which the second half is measured`);
  await sleep(seconds * 1000);
  const [before, started] = [await processUsage(fleet.server.pid), performance.now()];
  await sleep(seconds * 1000);
  const after = await processUsage(fleet.server.pid);
  return ((after.cpuSeconds - before.cpuSeconds) / ((performance.now() - started) / 1000)) * 100;
}

interface Missing {
  readonly path: string;
  readonly request: TargetCluster['request'];
  /** Milliseconds of `performance.now()`. */
  readonly deleted: number;
}

/** Seconds from the deletion until each object is there again, in ascending order. */
async function measureRepair({ progress }: BenchmarkContext, fleet: Fleet, changed: number): Promise<number[]> {
  progress(`deleting an object in each of ${changed} clusters`);
  let missing: Missing[] = [];
  for (const index of numbersTo(changed)) {
    const path = DELETED[index % DELETED.length] ?? '';
    const request = await administrator(fleet, index);
    const { status, body } = await request('DELETE', path);
    if (status !== 200) throw new Error(`${path} was not deleted: ${JSON.stringify(body)}`);
    missing.push({ path, request, deleted: performance.now() });
  }
  const seconds: number[] = [];
  while (missing.length > 0) {
    const still: Missing[] = [];
    for (const one of missing) {
      const { status } = await one.request('GET', one.path);
      const since = (performance.now() - one.deleted) / 1000;
      if (status === 200) seconds.push(since);
      else still.push(one);
      if (since > REPAIR_SECONDS) throw new Error(`${one.path} was not set back`);
    }
    missing = still;
    if (missing.length > 0) await sleep(POLL_MILLISECONDS);
  }
  return seconds.toSorted((left, right) => left - right);
}

function figuresOf(clusters: number, percent: number, seconds: readonly number[]): readonly Figure[] {
  return [
    figureOf({
      figure: `processor of the server, ${clusters} clusters at rest`,
      unit: '% of a core',
      ours: percent,
      wanted: { of: 'ours', atMost: (WANTED_PERCENT * clusters) / 1000 },
    }),
    figureOf({ figure: `${seconds.length} deleted objects set back, p50`, unit: 's', ours: percentile(seconds, 0.5) }),
    figureOf({
      figure: 'the same, p99, against the time between quick looks',
      unit: 's',
      ours: percentile(seconds, 0.99),
      baseline: QUICK_LOOK_SECONDS,
      wanted: { of: 'ours', atMost: WANTED_SECONDS },
    }),
  ];
}
