import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { replayRecording } from './support/bare-client.ts';
import { CLUSTERS, CLUSTERS_AT_A_TIME, Fleet, numbersTo, OBJECTS, type Registration } from './support/fleet.ts';
import { percentile } from './support/load.ts';
import { Prober } from './support/prober.ts';
import { type ProcessUsage, processUsage } from './support/process-usage.ts';
import type { ReplayResult } from './support/replay.ts';
import { SimulatorProcess } from './support/simulator-process.ts';

/** Figures that others have published, in clusters a minute: Argo CD 500 in 22 minutes, ACM 500 onboardings an hour. */
const PUBLISHED = { argoCd: 500 / 22, acm: 500 / 60 };
/** Karmada's 99th percentile of the time to register a cluster. */
const KARMADA_REGISTER_SECONDS = 6.9;

/** Share of virtual clusters, and of hosts for them, besides the workers: 200 on 10 for 1,000 workers. */
const SHARE = { virtual: 1 / 5, hosts: 1 / 100 };

/** What is measured at rest, for comparison: clusters that are saved one after the other, and how long reads are watched. */
const AT_REST = { saves: 30, milliseconds: 10_000 };

/** The clusters besides the workers. */
interface VirtualRun extends Registration {
  readonly hosts: number;
  readonly clusters: number;
  readonly server: ProcessUsage;
}

/** In milliseconds. */
interface Latencies {
  readonly reads: readonly number[];
  readonly saves: readonly number[];
}

interface FleetRun extends Registration {
  readonly virtual: VirtualRun;
  readonly atRest: Latencies;
  readonly reads: readonly number[];
  readonly server: ProcessUsage;
  readonly simulator: ProcessUsage;
  readonly refusedSaves: number;
  readonly commits: number;
  readonly pushes: number;
}

/** Many clusters at once: how fast they become Ready, and what that takes. */
export const fleetBenchmark: Benchmark = {
  name: 'fleet',
  title: 'clusters with the published components, registered through the API until all are Ready',
  async run(context) {
    const { directory, options, progress } = context;
    const clusters = options.clusters ?? CLUSTERS;
    const recordingFile = join(directory, 'recording');
    const ours = await runFleet(context, clusters, recordingFile);
    progress('baseline: a client without logic sends the same requests to new clusters');
    const baseline = await replay(directory, recordingFile, clusters);
    progress(`${baseline.different} of ${baseline.requests} answers differed in the baseline`);
    return figuresOf(clusters, ours, baseline);
  },
};

async function runFleet(
  { directory, progress }: BenchmarkContext,
  clusters: number,
  recordingFile: string,
): Promise<FleetRun> {
  const hosts = Math.max(1, Math.round(clusters * SHARE.hosts));
  progress(`starting ${clusters + hosts} simulated clusters and the server`);
  const more = hosts + AT_REST.saves;
  await using fleet = await Fleet.open({ clusters, hosts: more, directory: join(directory, 'fleet') });
  const indexes = numbersTo(clusters);
  const reader = readerOf(fleet, indexes);
  await fleet.simulator.record();
  const before = await processUsage(fleet.simulator.pid);
  reader.start();
  const registration = await fleet.register(fleet.workers(indexes), { progress });
  const reads = await reader.stop();
  const simulator = await processUsage(fleet.simulator.pid);
  await fleet.simulator.saveRecording(recordingFile);
  const server = await processUsage(fleet.server.pid);
  return {
    ...registration,
    reads,
    refusedSaves: fleet.refusedSaves,
    server,
    simulator: { ...simulator, cpuSeconds: simulator.cpuSeconds - before.cpuSeconds },
    ...(await fleet.pushed()),
    atRest: await runAtRest(fleet, { clusters, hosts, progress }),
    virtual: await runVirtual(fleet, { clusters, registered: clusters + AT_REST.saves, hosts, progress }),
  };
}

function readerOf(fleet: Fleet, indexes: readonly number[]): Prober {
  const statuses = indexes.map((index) => `/api/v1/clusters/${Fleet.nameOf(index)}/status`);
  return new Prober(fleet.client, ['/api/v1/clusters?limit=50', ...statuses]);
}

/** Reads while nothing happens, and saves each of which is the only one. */
async function runAtRest(
  fleet: Fleet,
  {
    clusters,
    hosts,
    progress,
  }: { readonly clusters: number; readonly hosts: number } & Pick<BenchmarkContext, 'progress'>,
): Promise<Latencies> {
  progress(`${AT_REST.saves} clusters one after the other`);
  const saves: number[] = [];
  for (const number of numbersTo(AT_REST.saves)) {
    saves.push(...(await fleet.save(fleet.workers([clusters + hosts + number]))));
    await fleet.untilReady(clusters + number);
  }
  const reader = readerOf(fleet, numbersTo(clusters));
  reader.start();
  await sleep(AT_REST.milliseconds, new AbortController().signal);
  return { reads: await reader.stop(), saves };
}

interface VirtualOptions extends Pick<BenchmarkContext, 'progress'> {
  /** Workers of the run. */
  readonly clusters: number;
  /** All that are Ready already. */
  readonly registered: number;
  readonly hosts: number;
}

/** Hosts, then virtual clusters on them, to a server that has all the workers already. */
async function runVirtual(
  fleet: Fleet,
  { clusters, registered, hosts, progress }: VirtualOptions,
): Promise<VirtualRun> {
  const count = Math.max(1, Math.round(clusters * SHARE.virtual));
  progress(`${hosts} hosts, and ${count} virtual clusters on them`);
  await fleet.register(fleet.hosts(numbersTo(hosts)), { ready: registered + hosts, progress });
  const ready = registered + hosts + count;
  const registration = await fleet.register(fleet.virtualClusters(count, hosts), { ready, progress });
  return { ...registration, hosts, clusters: count, server: await processUsage(fleet.server.pid) };
}

async function replay(directory: string, recordingFile: string, clusters: number): Promise<ReplayResult> {
  const clusterDirectory = join(directory, 'replayed');
  const simulator = await SimulatorProcess.start({ clusters, directory: clusterDirectory });
  try {
    return await replayRecording({ recordingFile, directory: clusterDirectory, clustersAtATime: CLUSTERS_AT_A_TIME });
  } finally {
    await simulator[Symbol.asyncDispose]();
  }
}

function figuresOf(clusters: number, ours: FleetRun, baseline: ReplayResult): readonly Figure[] {
  const objects = clusters * OBJECTS;
  const perMinute = (clusters / ours.seconds) * 60;
  const sorted = (latencies: readonly number[]) => latencies.toSorted((left, right) => left - right);
  const p99 = (latencies: readonly number[]) => percentile(sorted(latencies), 0.99);
  return [
    figureOf({
      figure: `objects of ${clusters} clusters, against a client without logic`,
      unit: 'objects/s',
      ours: objects / ours.seconds,
      baseline: objects / baseline.seconds,
      wanted: { of: 'ratio', atLeast: 0.5 },
    }),
    figureOf({
      figure: 'clusters that become Ready, against the published figure of Argo CD',
      unit: 'clusters/min',
      ours: perMinute,
      baseline: PUBLISHED.argoCd,
      wanted: { of: 'ratio', atLeast: 1 },
    }),
    figureOf({
      figure: 'the same, against the published figure of ACM',
      unit: 'clusters/min',
      ours: perMinute,
      baseline: PUBLISHED.acm,
      wanted: { of: 'ratio', atLeast: 1 },
    }),
    figureOf({
      figure: 'save of a cluster with its preflight, p99, against the published figure of Karmada',
      unit: 's',
      ours: p99(ours.saves) / 1000,
      baseline: KARMADA_REGISTER_SECONDS,
      wanted: { of: 'ratio', atMost: 1 },
    }),
    figureOf({
      figure: 'saves sent again as the preflight had no answer in time',
      unit: 'saves',
      ours: ours.refusedSaves,
    }),
    figureOf({
      figure: 'save of a cluster with its preflight, p99, against one at rest',
      unit: 'ms',
      ours: p99(ours.saves),
      baseline: p99(ours.atRest.saves),
      wanted: { of: 'ratio', atMost: 3 },
    }),
    figureOf({
      figure: 'reads of the API meanwhile, p99, against reads at rest',
      unit: 'ms',
      ours: p99(ours.reads),
      baseline: p99(ours.atRest.reads),
      wanted: { of: 'ratio', atMost: 5 },
    }),
    figureOf({
      figure: 'peak resident memory of the server',
      unit: 'MiB',
      ours: ours.server.peakMebibytes,
      wanted: { of: 'ours', atMost: 500 },
    }),
    figureOf({
      figure: 'CPU of the server, against that of the client without logic',
      unit: 's',
      ours: ours.server.cpuSeconds,
      baseline: baseline.cpuSeconds,
    }),
    figureOf({
      figure: `${ours.virtual.clusters} virtual clusters on ${ours.virtual.hosts} hosts that become Ready, against workers`,
      unit: 'clusters/min',
      ours: (ours.virtual.clusters / ours.virtual.seconds) * 60,
      baseline: perMinute,
    }),
    figureOf({
      figure: 'save of a virtual cluster with its preflight, p99',
      unit: 's',
      ours: p99(ours.virtual.saves) / 1000,
    }),
    figureOf({
      figure: 'peak resident memory of the server with these as well',
      unit: 'MiB',
      ours: ours.virtual.server.peakMebibytes,
      wanted: { of: 'ours', atMost: 500 },
    }),
    figureOf({ figure: 'CPU of git', unit: 's', ours: ours.server.childrenCpuSeconds }),
    figureOf({ figure: 'CPU of the simulator', unit: 's', ours: ours.simulator.cpuSeconds }),
    figureOf({ figure: 'requests of a cluster', unit: 'requests', ours: baseline.requests / clusters }),
    figureOf({ figure: 'commits', unit: 'commits', ours: ours.commits }),
    figureOf({ figure: 'pushes that brought them', unit: 'pushes', ours: ours.pushes }),
  ];
}
