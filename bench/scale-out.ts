import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import { parseYaml } from '../src/base/yaml.ts';
import { type ControlPlane, startControlPlane } from '../tools/controlplane/control-plane.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { Fleet, numbersTo, OBJECTS } from './support/fleet.ts';
import { processUsage } from './support/process-usage.ts';

const CLUSTERS = 60;
const CONTROLLERS = [1, 2, 4];
const NAMESPACE = 'nautes';
const DEFINITIONS = join(import.meta.dirname, '../deploy/definitions');
/** How long a fleet that is Ready is watched. */
const REST_SECONDS = 30;
/** Writes as the API server counts them. */
const WRITES =
  /^apiserver_request_total\{[^}]*resource="(\w+)"[^}]*verb="(POST|PUT|PATCH|APPLY|DELETE)"[^}]*\} (\S+)$/gm;

interface ScaleOutRun {
  readonly controllers: number;
  readonly seconds: number;
  /** Of the controllers, in seconds. */
  readonly cpuSeconds: number;
  /** Of the API server of the management cluster while the fleet became Ready, without what it needs at rest. */
  readonly apiServerSeconds: number;
  readonly writes: number;
  /** At rest, by resource. */
  readonly restWrites: ReadonlyMap<string, number>;
  readonly restApiServerSeconds: number;
}

/** One server for the API and 1, 2 and 4 for the clusters, with a real management cluster. */
export const scaleOutBenchmark: Benchmark = {
  name: 'scale-out',
  title: 'clusters shared by 1, 2 and 4 processes with a real management cluster',
  async run(context) {
    const figures: Figure[] = [];
    for (const controllers of CONTROLLERS) figures.push(...figuresOf(await measure(context, controllers), context));
    return figures;
  },
};

async function measure({ directory, options, progress }: BenchmarkContext, controllers: number): Promise<ScaleOutRun> {
  const clusters = options.clusters ?? CLUSTERS;
  progress(`${controllers} processes for ${clusters} clusters`);
  await using plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
  await prepare(plane);
  const kubeconfig = join(directory, `management-${controllers}.kubeconfig`);
  await writeFile(kubeconfig, plane.adminKubeconfig);
  const shared = { kubeconfig, namespace: NAMESPACE, controllers };
  await using fleet = await Fleet.open({ clusters, directory: join(directory, `fleet-${controllers}`), shared });
  await sleep(15_000); // until the processes have their shares
  const usage = async (): Promise<number> => {
    const all = await Promise.all(fleet.workersOfShared.map(({ pid }) => processUsage(pid)));
    return all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  };
  const begun = performance.now();
  const before = { cpu: await usage(), api: await apiServerSeconds(plane), writes: total(await writesOf(plane)) };
  const { seconds } = await fleet.register(fleet.workers(numbersTo(clusters)), { progress });
  const cpuSeconds = (await usage()) - before.cpu;
  await sleep(5_000); // the last statuses
  const elapsedSeconds = (performance.now() - begun) / 1000;
  const ready = { api: await apiServerSeconds(plane), writes: await writesOf(plane) };
  await sleep(REST_SECONDS * 1000);
  const rest = { api: await apiServerSeconds(plane), writes: await writesOf(plane) };
  const restApiServerSeconds = rest.api - ready.api;
  const restWrites = new Map([...rest.writes].map(([name, count]) => [name, count - (ready.writes.get(name) ?? 0)]));
  return {
    controllers,
    seconds,
    cpuSeconds,
    apiServerSeconds: ready.api - before.api - (restApiServerSeconds / REST_SECONDS) * elapsedSeconds,
    writes: total(ready.writes) - before.writes,
    restWrites,
    restApiServerSeconds,
  };
}

function figuresOf(run: ScaleOutRun, { options, progress }: BenchmarkContext): readonly Figure[] {
  const clusters = options.clusters ?? CLUSTERS;
  const label = `with ${run.controllers} processes`;
  for (const [name, count] of run.restWrites) if (count > 0) progress(`at rest ${label}: ${count} writes of ${name}`);
  const others = [...run.restWrites].filter(([name]) => name !== 'leases').reduce((sum, [, count]) => sum + count, 0);
  return [
    figureOf({ figure: `objects a second ${label}`, unit: 'objects/s', ours: (clusters * OBJECTS) / run.seconds }),
    figureOf({
      figure: `objects for each second of processor time of the controllers, ${label}`,
      unit: 'objects/s',
      ours: (clusters * OBJECTS) / run.cpuSeconds,
    }),
    figureOf({
      figure: `writes to the management cluster for each cluster, ${label}`,
      unit: 'writes',
      ours: run.writes / clusters,
    }),
    figureOf({
      figure: `processor time of its API server for each write, ${label}`,
      unit: 'ms',
      ours: (run.apiServerSeconds / run.writes) * 1000,
      wanted: { of: 'ours', atMost: 5 },
    }),
    figureOf({
      figure: `writes at rest that are no Leases, ${label}`,
      unit: 'writes/min',
      ours: (others / REST_SECONDS) * 60,
      wanted: { of: 'ours', atMost: 0 },
    }),
    figureOf({
      figure: `writes of Leases at rest, ${label}`,
      unit: 'writes/min',
      ours: ((run.restWrites.get('leases') ?? 0) / REST_SECONDS) * 60,
    }),
    figureOf({
      figure: `processor time of its API server at rest, ${label}`,
      unit: 'ms/s',
      ours: (run.restApiServerSeconds / REST_SECONDS) * 1000,
    }),
  ];
}

/** The namespace and the definitions that servers expect. */
async function prepare(plane: ControlPlane): Promise<void> {
  await plane.request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  for (const file of await readdir(DEFINITIONS)) {
    const definition = parseYaml(await readFile(join(DEFINITIONS, file), 'utf8'));
    await plane.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  }
}

/** As it says itself. */
async function apiServerSeconds(plane: ControlPlane): Promise<number> {
  const { text } = await plane.request('GET', '/metrics');
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)?.[1]);
}

/** Writes so far by resource, of everyone but the API server itself. */
async function writesOf(plane: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const { text } = await plane.request('GET', '/metrics');
  const counts = new Map<string, number>();
  for (const [, resource = '', , count] of text.matchAll(WRITES)) {
    counts.set(resource, (counts.get(resource) ?? 0) + Number(count));
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
