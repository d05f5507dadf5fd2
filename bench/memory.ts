import { join } from 'node:path';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { Fleet, numbersTo } from './support/fleet.ts';
import { measurable, settledMemory } from './support/memory.ts';
import { processUsage } from './support/process-usage.ts';

const CLUSTERS = 5000;
/** Memory is read at these shares of all clusters. */
const SHARES = [0.2, 0.5, 1];
/** Of the whole. */
const MAXIMUM_MEBIBYTES = 700;
/** What a cluster adds in the second half, against what one adds before: 1 is linear. */
const MAXIMUM_GROWTH = 1.25;
const CATALOG = join(import.meta.dirname, '../sandbox/stand-ins/catalog.yaml');

/** Lists that hold all clusters, each of which the server makes once before it is measured. */
const LISTS = ['/api/v1/fleet', '/api/v1/clusters', '/api/v1/statuses', '/metrics'];

/** Memory of the server with so many clusters. */
interface Measured {
  readonly clusters: number;
  /** The most that it had at any time until then. */
  readonly peak: number;
  /** After garbage collection. */
  readonly settled: number;
  readonly heap: number;
}

/** Memory by the number of clusters, with components that are small: their manifests are shared by all clusters. */
export const memoryBenchmark: Benchmark = {
  name: 'memory',
  title: 'resident memory of the server while clusters are registered and their lists are read',
  async run(context) {
    const clusters = context.options.clusters ?? CLUSTERS;
    await using fleet = await Fleet.open({
      clusters,
      directory: join(context.directory, 'fleet'),
      catalogFile: CATALOG,
      environment: measurable,
    });
    return figuresOf(await measure(context, fleet, clusters));
  },
};

async function measure({ progress }: BenchmarkContext, fleet: Fleet, clusters: number): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  let registered = 0;
  for (const share of SHARES) {
    const total = Math.round(clusters * share);
    const next = numbersTo(total).slice(registered);
    await fleet.register(fleet.workers(next), { ready: total, progress });
    registered = total;
    for (const path of LISTS) await fleet.client.request('GET', path);
    const { peakMebibytes } = await processUsage(fleet.server.pid);
    const { residentBytes, heapBytes } = await settledMemory(fleet.server);
    const now = { clusters: total, peak: peakMebibytes, settled: mebibytes(residentBytes), heap: mebibytes(heapBytes) };
    progress(`${total} clusters: ${Math.round(now.peak)} MiB at most, ${Math.round(now.settled)} at rest`);
    measured.push(now);
  }
  return measured;
}

function figuresOf(measured: readonly Measured[]): readonly Figure[] {
  const [few, half, all] = measured;
  if (few === undefined || half === undefined || all === undefined) return [];
  const each = (from: Measured, to: Measured): number => ((to.heap - from.heap) * 1024) / (to.clusters - from.clusters);
  return [
    ...measured.map(({ clusters, peak }) =>
      figureOf({
        figure: `${clusters} clusters, peak resident memory`,
        unit: 'MiB',
        ours: peak,
        wanted: { of: 'ours', atMost: MAXIMUM_MEBIBYTES },
      }),
    ),
    ...measured.map(({ clusters, settled }) =>
      figureOf({ figure: `${clusters} clusters, at rest after garbage collection`, unit: 'MiB', ours: settled }),
    ),
    figureOf({
      figure: `heap of a cluster from ${half.clusters} on, against one before`,
      unit: 'KiB',
      ours: each(half, all),
      baseline: each(few, half),
      wanted: { of: 'ratio', atMost: MAXIMUM_GROWTH },
    }),
  ];
}

function mebibytes(bytes: number): number {
  return bytes / 1024 ** 2;
}
