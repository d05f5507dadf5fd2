import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import type { ApiClient } from '../test/harness/api-client.ts';
import { NautesProcess } from '../test/harness/nautes-process.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { measurable, type ProcessMemory, settledMemory } from './support/memory.ts';
import { type ClusterCounters, SimulatorProcess } from './support/simulator-process.ts';

/**
 * Memory is compared between these numbers of workers. What a server takes at all falls out, and what its allocator
 * keeps of the busy time too, as that grows with the number of clusters that are worked on at the same time.
 */
const FEW = 200;
const MANY = 500;
const SAVES_AT_A_TIME = 10;
const READY_TIMEOUT_MILLISECONDS = 600_000;
/** Idle connections are closed after a while. */
const IDLE_TIMEOUT_MILLISECONDS = 60_000;
const DRIFT_SECONDS = 5;
/** Long enough to reconcile each cluster several times. */
const DRIFT_MILLISECONDS = 20_000;

const CATALOG = join(import.meta.dirname, '../sandbox/stand-ins/catalog.yaml');

/** What a registered cluster costs while nothing happens. */
export const restBenchmark: Benchmark = {
  name: 'rest',
  title: 'memory, connections and requests of registered workers at rest',
  async run(context) {
    const { directory, progress } = context;
    await using sandbox = await SimulatorProcess.start({ clusters: MANY, directory: join(directory, 'clusters') });
    progress('baseline: a kept connection with one watch to each cluster');
    const baseline = await measureBaseline(join(directory, 'clusters'));
    return await measureOurs(context, sandbox, baseline);
  },
};

async function measureOurs(
  { directory, progress }: BenchmarkContext,
  sandbox: SimulatorProcess,
  baseline: ProcessMemory,
): Promise<readonly Figure[]> {
  const configuration = { catalog: { files: [CATALOG] }, log: { level: 'warn' } };
  const dataDirectory = join(directory, 'data');
  const server = await NautesProcess.start({
    dataDirectory,
    configuration: { ...configuration, controllers: { driftSeconds: 86_400 } },
    environment: measurable,
  });
  const measured: ProcessMemory[] = [];
  let resting: readonly ClusterCounters[] = [];
  try {
    const client = await server.client();
    for (const [first, last] of [
      [1, FEW],
      [FEW + 1, MANY],
    ] as const) {
      progress(`registering workers ${first} to ${last}`);
      await register(client, sandbox, first, last);
      resting = await untilIdle(sandbox);
      measured.push(await settledMemory(server));
    }
  } finally {
    await server[Symbol.asyncDispose]();
  }
  progress(`looking for drift every ${DRIFT_SECONDS} seconds`);
  const looks = await measureLooks(sandbox, dataDirectory, {
    ...configuration,
    controllers: { driftSeconds: DRIFT_SECONDS },
  });
  const whole = figureOf({
    figure: `resident memory of the server with ${MANY} workers`,
    unit: 'MiB',
    ours: (measured.at(-1)?.residentBytes ?? Number.NaN) / 1024 ** 2,
  });
  return [...memoryFigures(slope(measured), baseline), whole, ...restFigures(resting), ...lookFigures(looks)];
}

/** Saves workers and waits until all are Ready. */
async function register(client: ApiClient, sandbox: SimulatorProcess, first: number, last: number): Promise<void> {
  let next = first;
  const caller = async (): Promise<void> => {
    for (let index = next; index <= last; index = next) {
      next += 1;
      const kubeconfig = await sandbox.kubeconfig(index);
      const body = {
        api_server: /server: (\S+)/.exec(kubeconfig)?.[1] ?? '',
        cluster_kind: 'kubernetes',
        cluster_type: 'physical',
        usage: 'worker',
        kubeconfig,
      };
      const reply = await client.save(`worker-${index}`, body);
      if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    }
  };
  await Promise.all(Array.from({ length: SAVES_AT_A_TIME }, caller));
  for (let index = first; index <= last; index += 1) {
    await client.waitForPhase(`worker-${index}`, 'Ready', READY_TIMEOUT_MILLISECONDS);
  }
}

/** Counters once no cluster has a connection any more, or as they are after the time. */
async function untilIdle(sandbox: SimulatorProcess): Promise<readonly ClusterCounters[]> {
  const deadline = Date.now() + IDLE_TIMEOUT_MILLISECONDS;
  for (;;) {
    const counters = await sandbox.counters();
    if (sum(counters, ({ openConnections }) => openConnections) === 0 || Date.now() > deadline) return counters;
    await sleep(1000);
  }
}

/** Memory for each worker: the difference between many and few. */
function slope([few, many]: readonly ProcessMemory[]): ProcessMemory {
  const each = (of: (memory: ProcessMemory) => number): number =>
    few === undefined || many === undefined ? Number.NaN : (of(many) - of(few)) / (MANY - FEW);
  return {
    residentBytes: each(({ residentBytes }) => residentBytes),
    heapBytes: each(({ heapBytes }) => heapBytes),
    externalBytes: each(({ externalBytes }) => externalBytes),
  };
}

async function measureBaseline(directory: string): Promise<ProcessMemory> {
  return slope([await baselineMemory(directory, FEW), await baselineMemory(directory, MANY)]);
}

async function baselineMemory(directory: string, clusters: number): Promise<ProcessMemory> {
  const program = join(import.meta.dirname, 'support/watching-client.ts');
  const child = spawn(process.execPath, [program, directory, String(clusters)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...measurable },
  });
  const watching = { pid: child.pid, output: '' };
  child.stderr.on('data', (chunk: Buffer) => {
    watching.output += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('close', () => reject(new Error(`the baseline ended: ${watching.output}`)));
    });
    return await settledMemory(watching);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

interface Looks {
  readonly looks: number;
  readonly reads: number;
  readonly writes: Readonly<Record<string, number>>;
}

/** The requests of a restarted server that finds no drift. */
async function measureLooks(
  sandbox: SimulatorProcess,
  dataDirectory: string,
  configuration: Readonly<Record<string, unknown>>,
): Promise<Looks> {
  const before = totals(await sandbox.counters());
  await using server = await NautesProcess.start({ dataDirectory, configuration });
  await sleep(DRIFT_MILLISECONDS);
  await server.stop();
  const after = totals(await sandbox.counters());
  const difference = Object.entries(after).map(([key, count]): [string, number] => [key, count - (before[key] ?? 0)]);
  const asked = difference.filter(([, count]) => count > 0);
  const isRead = ([key]: [string, number]): boolean => /^(get|list|watch) /i.test(key);
  return {
    looks: asked.find(([key]) => LOOK.test(key))?.[1] ?? 0,
    reads: asked.filter(isRead).reduce((total, [, count]) => total + count, 0),
    writes: Object.fromEntries(asked.filter((entry) => !isRead(entry))),
  };
}

/** Sent once in each run. */
const LOOK = /^get \/version$/;

function totals(counters: readonly ClusterCounters[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { requests } of counters) {
    for (const [key, count] of Object.entries(requests)) total[key] = (total[key] ?? 0) + count;
  }
  return total;
}

function memoryFigures(ours: ProcessMemory, baseline: ProcessMemory): readonly Figure[] {
  const kilobytes = (bytes: number): number => bytes / 1024;
  const compare = (figure: string, of: (memory: ProcessMemory) => number) => ({
    figure,
    unit: 'KiB',
    ours: kilobytes(of(ours)),
    baseline: kilobytes(of(baseline)),
  });
  return [
    figureOf({
      ...compare('resident memory of a worker', ({ residentBytes }) => residentBytes),
      wanted: { of: 'ours', atMost: 150 },
    }),
    figureOf(compare('of it on the heap', ({ heapBytes }) => heapBytes)),
    figureOf(compare('of it in buffers', ({ externalBytes }) => externalBytes)),
  ];
}

function restFigures(counters: readonly ClusterCounters[]): readonly Figure[] {
  const count = (figure: string, ours: number, baseline: number): Figure =>
    figureOf({ figure, unit: `of ${MANY} workers`, ours, baseline, wanted: { of: 'ours', atMost: 0 } });
  return [
    count(
      'open connections at rest',
      sum(counters, ({ openConnections }) => openConnections),
      MANY,
    ),
    count(
      'open watches at rest',
      sum(counters, ({ openWatches }) => openWatches),
      MANY,
    ),
  ];
}

function lookFigures({ looks, reads, writes }: Looks): readonly Figure[] {
  const applies = Object.values(writes).reduce((total, count) => total + count, 0);
  return [
    figureOf({ figure: 'looks for drift while nothing has changed', unit: 'looks', ours: looks }),
    figureOf({ figure: 'reads of a look', unit: 'requests', ours: reads / looks }),
    figureOf({
      figure: `writes of all looks${applies === 0 ? '' : ` (${Object.keys(writes).join(', ')})`}`,
      unit: 'requests',
      ours: applies,
      wanted: { of: 'ours', atMost: 0 },
    }),
  ];
}

function sum(counters: readonly ClusterCounters[], of: (counter: ClusterCounters) => number): number {
  return counters.reduce((total, counter) => total + of(counter), 0);
}
