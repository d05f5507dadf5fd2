import { join } from 'node:path';
import type { Fault } from '../sandbox/index.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { CLUSTERS, Fleet, numbersTo } from './support/fleet.ts';

/** Of all clusters, the shares that take connections and never answer, and that answer 500. */
const SILENT_SHARE = 0.1;
const FAILING_SHARE = 0.05;

const SILENT: Fault = { kind: 'hang' };
const FAILING: Fault = { kind: 'status', code: 500 };
/** Clusters like these could not be saved with a preflight. */
const UNCHECKED = '?insecure_skip_check=true';

/** What clusters that do not answer cost the healthy ones. */
export const isolationBenchmark: Benchmark = {
  name: 'isolation',
  title: 'healthy clusters among others that hang or fail, against the same ones alone',
  async run(context) {
    const clusters = context.options.clusters ?? CLUSTERS;
    const faults = faultsOf(clusters);
    const healthy = clusters - faults.size;
    context.progress(`baseline: ${healthy} healthy clusters alone`);
    const alone = await secondsUntilReady(context, 'alone', healthy, new Map());
    context.progress(`${healthy} healthy clusters among ${clusters}`);
    const among = await secondsUntilReady(context, 'among', clusters, faults);
    return figuresOf(healthy, faults.size, among, alone);
  },
};

/** Spread evenly, by the index of the cluster, one kind beside the other. */
function faultsOf(clusters: number): ReadonlyMap<number, Fault> {
  const faults = new Map<number, Fault>();
  const place = (count: number, fault: Fault, offset: number): void => {
    for (let number = 0; number < count; number += 1) {
      let index = Math.floor(((number + offset) * clusters) / count) + 1;
      while (faults.has(index)) index += 1;
      faults.set(index, fault);
    }
  };
  place(Math.round(clusters * SILENT_SHARE), SILENT, 0.2);
  place(Math.round(clusters * FAILING_SHARE), FAILING, 0.6);
  return faults;
}

interface IsolationRun {
  readonly seconds: number;
  /** Readings of the status of the others. */
  readonly phases: ReadonlyMap<string, number>;
}

async function secondsUntilReady(
  { directory, progress }: BenchmarkContext,
  name: string,
  clusters: number,
  faults: ReadonlyMap<number, Fault>,
): Promise<IsolationRun> {
  await using fleet = await Fleet.open({ clusters, directory: join(directory, name) });
  for (const [index, fault] of faults) await fleet.simulator.setFaults(index, [fault]);
  const ready = clusters - faults.size;
  const { seconds } = await fleet.register(fleet.workers(numbersTo(clusters)), { query: UNCHECKED, ready, progress });
  const phases = new Map<string, number>();
  for (const index of faults.keys()) {
    const reason = (await fleet.client.status(Fleet.nameOf(index)))?.conditions.find(
      ({ type }) => type === 'Ready',
    )?.reason;
    phases.set(reason ?? 'Unknown', (phases.get(reason ?? 'Unknown') ?? 0) + 1);
  }
  return { seconds, phases };
}

function figuresOf(healthy: number, others: number, among: IsolationRun, alone: IsolationRun): readonly Figure[] {
  return [
    figureOf({
      figure: `${healthy} healthy clusters Ready among ${others} that hang or fail, against alone`,
      unit: 's',
      ours: among.seconds,
      baseline: alone.seconds,
      wanted: { of: 'ratio', atMost: 1.2 },
    }),
    ...[...among.phases].map(([reason, count]) =>
      figureOf({ figure: `of the others, told as ${reason} by then`, unit: 'clusters', ours: count }),
    ),
  ];
}
