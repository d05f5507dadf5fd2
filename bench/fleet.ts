import { join } from 'node:path';
import { run } from '../src/base/process.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { Fleet } from './support/fleet.ts';
import { percentile } from './support/load.ts';
import { Prober } from './support/prober.ts';
import { type ProcessUsage, processUsage } from './support/process-usage.ts';
import type { ReplayResult } from './support/replay.ts';
import { SimulatorProcess } from './support/simulator-process.ts';

const CLUSTERS = 1_000;
/** What a cluster of the published manifests holds, its namespaces included. */
export const OBJECTS = 179;
/** As the configuration has it by default. */
const CLUSTERS_AT_A_TIME = 32;

/** Figures that others have published, in clusters a minute: Argo CD 500 in 22 minutes, ACM 500 onboardings an hour. */
const PUBLISHED = { argoCd: 500 / 22, acm: 500 / 60 };
/** Karmada's 99th percentile of the time to register a cluster. */
const KARMADA_REGISTER_SECONDS = 6.9;

interface FleetRun {
  readonly seconds: number;
  readonly saves: readonly number[];
  readonly reads: readonly number[];
  readonly server: ProcessUsage;
  readonly simulator: ProcessUsage;
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
  progress(`starting ${clusters} simulated clusters and the server`);
  await using fleet = await Fleet.open({ clusters, directory: join(directory, 'fleet'), recordingFile });
  const indexes = Array.from({ length: clusters }, (_, index) => index + 1);
  const reader = new Prober(fleet.client, [
    '/api/v1/clusters?page_size=50',
    ...indexes.map((index) => `/api/v1/clusters/${Fleet.nameOf(index)}/status`),
  ]);
  const before = await processUsage(fleet.simulator.pid);
  const started = performance.now();
  reader.start();
  const said = Math.max(1, Math.floor(clusters / 10));
  let last = 0;
  const onProgress = (ready: number): void => {
    if (ready - last < said) return;
    last = ready;
    progress(`${ready} clusters are Ready`);
  };
  const [saves] = await Promise.all([fleet.save(indexes), fleet.untilReady(clusters, onProgress)]);
  const seconds = (performance.now() - started) / 1000;
  const reads = await reader.stop();
  const simulator = await processUsage(fleet.simulator.pid);
  return {
    seconds,
    saves,
    reads,
    server: await processUsage(fleet.server.pid),
    simulator: { ...simulator, cpuSeconds: simulator.cpuSeconds - before.cpuSeconds },
    ...(await fleet.pushed()),
  };
}

async function replay(directory: string, recordingFile: string, clusters: number): Promise<ReplayResult> {
  const clusterDirectory = join(directory, 'replayed');
  await using _simulator = await SimulatorProcess.start({ clusters, directory: clusterDirectory });
  const program = join(import.meta.dirname, 'support/replay.ts');
  const args = [program, recordingFile, clusterDirectory, String(CLUSTERS_AT_A_TIME)];
  const { code, stdout, stderr } = await run(process.execPath, args);
  if (code !== 0) throw new Error(`the baseline ended with ${code}: ${stderr}`);
  return JSON.parse(stdout.toString()) as ReplayResult;
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
    figureOf({ figure: 'reads of the API meanwhile, p99', unit: 'ms', ours: p99(ours.reads) }),
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
    figureOf({ figure: 'CPU of git', unit: 's', ours: ours.server.childrenCpuSeconds }),
    figureOf({ figure: 'CPU of the simulator', unit: 's', ours: ours.simulator.cpuSeconds }),
    figureOf({ figure: 'requests of a cluster', unit: 'requests', ours: baseline.requests / clusters }),
    figureOf({ figure: 'commits', unit: 'commits', ours: ours.commits }),
    figureOf({ figure: 'pushes that brought them', unit: 'pushes', ours: ours.pushes }),
  ];
}
