import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../src/base/async/timing.ts';
import { CLUSTER_LIES } from '../../test/hostile/cluster/kinds.ts';
import { type Figure, figureOf } from '../figure.ts';
import { Fleet, numbersTo } from '../support/fleet.ts';
import { processUsage } from '../support/process-usage.ts';
import { HostileClusters } from './hostile-clusters.ts';

export interface SoakOptions {
  /** Of both runs together. */
  readonly minutes: number;
  readonly healthy: number;
  readonly hostile: number;
  readonly kinds: readonly string[];
  readonly directory: string;
  /** Where the logs of the servers go. */
  readonly output: string;
  readonly progress: (message: string) => void;
  /** Told of the processes of a run: what ends them whatever the run is at. */
  readonly onStarted: (end: () => Promise<void>) => void;
}

/** A hostile cluster lies in another way after so long. */
const TURN_MILLISECONDS = 15_000;
/** What the clusters are looked at again after, so that a run meets every kind of lie often. */
const DRIFT_SECONDS = 20;
const REPORT_STALLS = join(import.meta.dirname, '../support/report-stalls.ts');
/** The longest status that a hostile cluster may bring about, and lines of the log for each of its runs. */
const WANTED_STATUS_CHARACTERS = 256 * 1024;

interface Run {
  readonly seconds: number;
  /** Of the server, from the first save of a healthy cluster until the last was Ready. */
  readonly cpuSeconds: number;
  readonly readyAtEnd: number;
  readonly peakMebibytes: number;
  /** The longest of the loop, milliseconds: as it was, and what the thread computed in it. */
  readonly stall: { readonly passed: number; readonly own: number };
  readonly restarts: number;
  readonly logBytes: number;
  readonly longestStatus: number;
}

/** Healthy clusters alone, then the same number among hostile ones; each run takes half of the time. */
export async function soak(options: SoakOptions): Promise<readonly Figure[]> {
  const alone = await run(options, 'alone', 0);
  const among = await run(options, 'among', options.hostile);
  return figuresOf(options, alone, among);
}

async function run(options: SoakOptions, name: string, hostile: number): Promise<Run> {
  const { healthy, directory } = options;
  const progress = (message: string): void => options.progress(`${name}: ${message}`);
  const end = Date.now() + (options.minutes * 60_000) / 2;
  await using fleet = await Fleet.open({
    clusters: healthy + 1,
    directory: join(directory, name),
    controllers: { driftSeconds: DRIFT_SECONDS },
    environment: { NODE_OPTIONS: `--import=${REPORT_STALLS}` },
  });
  await using liars = await HostileClusters.start(hostile);
  options.onStarted(async () => {
    await Promise.allSettled([fleet, liars].map((part) => part[Symbol.asyncDispose]()));
  });
  const [warm, ...members] = fleet.workers(numbersTo(healthy + 1));
  await fleet.register(warm === undefined ? [] : [warm], { progress }); // what is read and rendered once is not measured
  const turns = new Turns(liars, options.kinds);
  await fleet.save(liars.members.map(({ url, kubeconfig }, index) => memberOf(`hostile-${index}`, url, kubeconfig)));
  const began = Date.now();
  const { pid } = fleet.server;
  turns.start();
  const before = await processUsage(pid);
  const { seconds } = await fleet.register(members, { ready: healthy + 1, progress });
  const cpuSeconds = (await processUsage(pid)).cpuSeconds - before.cpuSeconds;
  progress(`${healthy} healthy clusters Ready in ${seconds.toFixed(1)} s`);
  while (Date.now() < end) await sleep(Math.min(1_000, Math.max(1, end - Date.now())));
  turns.stop();
  const { peakMebibytes } = await processUsage(fleet.server.pid);
  const { output } = fleet.server;
  await writeFile(join(options.output, `soak-${name}.log`), output);
  progress('reads the statuses');
  const readyAtEnd = await healthyReady(fleet, healthy + 1);
  const longest = await longestStatus(fleet, hostile);
  progress('ends the processes');
  return {
    seconds,
    cpuSeconds,
    readyAtEnd,
    peakMebibytes,
    stall: longestStall(output, began),
    restarts: fleet.server.pid === pid ? 0 : 1,
    logBytes: Buffer.byteLength(output.replace(/^stall .*$/gm, '')),
    longestStatus: longest,
  };
}

/** Every cluster lies in another way, and after a while in the next one. */
class Turns {
  readonly #clusters: HostileClusters;
  readonly #kinds: readonly string[];
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clusters: HostileClusters, kinds: readonly string[]) {
    this.#clusters = clusters;
    this.#kinds = kinds;
  }

  start(): void {
    this.#next();
    this.#timer = setInterval(() => this.#next(), TURN_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #next(): void {
    const { length } = this.#clusters.members;
    for (let cluster = 0; cluster < length; cluster += 1) {
      const kind = this.#kinds[(this.#turn * length + cluster) % this.#kinds.length];
      if (kind !== undefined) this.#clusters.misbehave(cluster, kind);
    }
    this.#turn += 1;
  }
}

function memberOf(name: string, url: string, kubeconfig: string) {
  const body = { api_server: url, cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'worker', kubeconfig };
  return { name, body: () => Promise.resolve(body) };
}

async function healthyReady(fleet: Fleet, healthy: number): Promise<number> {
  // All at once: one after the other they wait for the processor as often as there are clusters.
  const statuses = await Promise.all(numbersTo(healthy).map((index) => fleet.client.status(Fleet.nameOf(index))));
  return statuses.filter((status) => status?.phase === 'Ready').length;
}

async function longestStatus(fleet: Fleet, hostile: number): Promise<number> {
  const names = Array.from({ length: hostile }, (_, index) => `hostile-${index}`);
  const statuses = await Promise.all(names.map((name) => fleet.client.status(name)));
  return Math.max(0, ...statuses.map((status) => JSON.stringify(status ?? {}).length));
}

function longestStall(output: string, since: number): Run['stall'] {
  let longest = { passed: 0, own: 0 };
  for (const [, json = ''] of output.matchAll(/^stall (\{.*\})$/gm)) {
    const { at, passed, own } = JSON.parse(json) as { at: number; passed: number; own: number };
    if (at < since) continue;
    longest = { passed: Math.max(longest.passed, passed), own: Math.max(longest.own, own) };
  }
  return longest;
}

function figuresOf({ healthy, hostile }: SoakOptions, alone: Run, among: Run): readonly Figure[] {
  const beside = `${healthy} healthy clusters among ${hostile} hostile ones, against alone`;
  return [
    figureOf({
      figure: `time until Ready of ${beside}`,
      unit: 's',
      ours: among.seconds,
      baseline: alone.seconds,
      wanted: { of: 'ratio', atMost: 1.1 },
    }),
    figureOf({
      figure: 'processor time of the server meanwhile',
      unit: 's',
      ours: among.cpuSeconds,
      baseline: alone.cpuSeconds,
    }),
    figureOf({
      figure: `peak memory of the server with ${beside}`,
      unit: 'MiB',
      ours: among.peakMebibytes,
      baseline: alone.peakMebibytes,
      wanted: { of: 'ratio', atMost: 1.3 },
    }),
    figureOf({
      figure: 'longest stall of the event loop by work of its own',
      unit: 'ms',
      ours: among.stall.own,
      baseline: alone.stall.own,
      wanted: { of: 'ours', atMost: 200 },
    }),
    figureOf({
      figure: 'longest stall of the event loop with waiting for the processor',
      unit: 'ms',
      ours: among.stall.passed,
      baseline: alone.stall.passed,
    }),
    figureOf({ figure: 'restarts', unit: 'times', ours: among.restarts, wanted: { of: 'ours', atMost: 0 } }),
    figureOf({
      figure: 'healthy clusters that are Ready at the end',
      unit: 'clusters',
      ours: among.readyAtEnd,
      baseline: alone.readyAtEnd,
      wanted: { of: 'ratio', atLeast: 1 },
    }),
    figureOf({
      figure: 'longest status of a hostile cluster',
      unit: 'characters',
      ours: among.longestStatus,
      wanted: { of: 'ours', atMost: WANTED_STATUS_CHARACTERS },
    }),
    figureOf({ figure: 'log', unit: 'bytes', ours: among.logBytes, baseline: alone.logBytes }),
  ];
}

/** All that are known. */
export const KINDS: readonly string[] = Object.keys(CLUSTER_LIES);
