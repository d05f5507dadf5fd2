import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sleep } from '../src/base/async/timing.ts';
import { silentLogger } from '../src/base/logger.ts';
import { createApiServer, defaultLimits } from '../src/api/index.ts';
import { FakeRegistry, fakeCluster, READER_TOKEN } from '../src/api/testing/fake-registry.ts';
import { FakeEvents, FakeReceipts } from '../src/api/testing/fake-state.ts';
import { TEST_VIEWS } from '../src/api/testing/test-server.ts';
import { Secret } from '../src/base/secret.ts';
import { sha256 } from '../src/base/hash.ts';
import { message } from '../src/messages/message.ts';
import { Fleet, type FleetSurroundings } from '../src/registry/fleet/fleet.ts';
import type { ClusterEntry } from '../src/resources/cluster/cluster-files.ts';
import { clusterKey } from '../src/resources/cluster/cluster-key.ts';
import { blankStatus, type ClusterStatus } from '../src/resources/cluster/cluster-status.ts';
import { openSqliteState, type State } from '../src/state/index.ts';
import type { Benchmark } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { median } from './support/load.ts';

const CLUSTERS = 5000;
const STREAMS = 200;
const SECONDS = 20;
const CHANGES_PER_SECOND = 20;
const READS = 20;

/** What the console reads of all clusters: against the same bytes as a file, and as a text that is only written. */
export const consoleApiBenchmark: Benchmark = {
  name: 'console-api',
  title: 'rows of 5,000 clusters as a snapshot, and 200 open streams of what changes',
  async run({ directory, options, progress }) {
    const clusters = options.clusters ?? CLUSTERS;
    const seconds = options.seconds ?? SECONDS;
    await using bed = await openBed(directory, clusters);
    const started = performance.now();
    const { body, bytes } = await read(bed.url);
    const first = performance.now() - started;
    progress('snapshots');
    const warm = await medianOf(() => read(bed.url));
    const afterChange = async (): Promise<void> => {
      const told = bed.told();
      await bed.change(1);
      await told;
    };
    const changed = await medianOf(() => read(bed.url), afterChange);
    await using file = await openStatic(body);
    const baseline = await medianOf(() => read(file.url));
    progress(`${STREAMS} streams with ${CHANGES_PER_SECOND} changes a second for ${seconds} s`);
    const streams = await measureStreams(bed.url, seconds, () => bed.change(CHANGES_PER_SECOND));
    const chunk = 'x'.repeat(Math.max(1, Math.round(streams.bytes / STREAMS / (4 * seconds))));
    await using bare = await openBareStreams();
    const written = await measureStreams(bare.url, seconds, async () => bare.write(chunk));
    const snapshot = (figure: string, ours: number): Figure =>
      figureOf({ figure: `${clusters} rows, ${figure}`, unit: 'ms', ours, baseline });
    const gzipped = { figure: `${clusters} rows, compressed`, unit: 'KiB', ours: bytes / 1024 };
    return [
      figureOf({ ...gzipped, baseline: body.length / 1024 }),
      figureOf({ figure: `${clusters} rows, first read of the process`, unit: 'ms', ours: first }),
      snapshot('read again', warm),
      snapshot('read after a change', changed),
      figureOf({
        figure: `${STREAMS} streams, processor`,
        unit: 'ms a second',
        ours: streams.cpuMilliseconds / seconds,
        baseline: written.cpuMilliseconds / seconds,
      }),
      figureOf({
        figure: `${STREAMS} streams, memory of each`,
        unit: 'KiB',
        ours: streams.kibibytes,
        baseline: written.kibibytes,
      }),
      figureOf({
        figure: `${STREAMS} streams, bytes to each`,
        unit: 'KiB a second',
        ours: streams.bytes / STREAMS / seconds / 1024,
      }),
    ];
  },
};

interface Bed extends AsyncDisposable {
  readonly url: string;
  /** Changes the status of so many clusters. */
  readonly change: (count: number) => Promise<void>;
  /** Resolves when the next change was taken over. */
  readonly told: () => Promise<void>;
}

/** A server with real rows of statuses in a real store; clusters and callers are in memory. */
async function openBed(directory: string, clusters: number): Promise<Bed> {
  const state = await openSqliteState({ file: join(directory, 'status.db'), logger: silentLogger });
  const entries = new Map<string, ClusterEntry>();
  for (let index = 0; index < clusters; index += 1) {
    const entry = entryOf(index);
    entries.set(entry.name, entry);
    await put(state, statusOf(entry, index));
  }
  const fleet = new Fleet({ repo: repositoryOf(entries), state, logger: silentLogger });
  const server = createApiServer({
    registry: new FakeRegistry(state.status),
    events: new FakeEvents(),
    receipts: new FakeReceipts(),
    fleet,
    logger: silentLogger,
    readiness: async () => ({ ready: true, checks: {}, reasons: {} }),
    views: TEST_VIEWS,
    sessionKey: async () => new Secret(Buffer.alloc(32)),
    limits: { eventStreamsPerCaller: defaultLimits.eventStreams },
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const all = [...entries.values()];
  let next = 0;
  return {
    url: `${url}/api/v1/fleet`,
    change: async (count) => {
      for (let index = 0; index < count; index += 1) {
        next += 1;
        const entry = all[(next * 7919) % all.length];
        if (entry !== undefined) await put(state, statusOf(entry, next));
      }
    },
    told: () =>
      new Promise((resolve) => {
        const stop = fleet.onChange(() => {
          stop();
          resolve();
        });
      }),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await fleet.close();
      await state.close();
    },
  };
}

function entryOf(index: number): ClusterEntry {
  const name = `cluster-${sha256(`${index}`).slice(0, 8)}`;
  const draft = {
    apiServer: `https://${name}.example.com:6443`,
    clusterKind: 'kubernetes',
    clusterType: index % 5 === 0 ? 'virtual' : 'physical',
    usage: index % 20 === 0 ? 'host' : 'worker',
    hostCluster: '',
    workerType: index % 3 === 0 ? 'pipeline' : 'deployment',
    primaryDomain: `${name}.example.com`,
    vclusterNodePort: '',
    components: {},
    withoutComponents: undefined,
    adoptComponents: undefined,
    cloneOf: '',
    reservedNamespacesAllowedProducts: {},
    productAllowedClusterResources: {},
    kubeconfig: undefined,
  };
  return { name, fileRevision: sha256(`file ${index}`).slice(0, 40), resource: fakeCluster(name, draft) };
}

const COMPONENTS = ['traefik', 'argocd', 'argo-rollouts', 'hnc', 'external-secrets', 'vault'];

function statusOf({ name, resource }: ClusterEntry, seed: number): ClusterStatus {
  const isReady = seed % 10 !== 0;
  const text = isReady
    ? message('Healthy', { ready: 9, total: 9 })
    : message('Applying.counted', { done: 3, total: 9 });
  const time = new Date(1_780_000_000_000 + seed * 61_000).toISOString();
  const ready = {
    type: 'Ready',
    status: isReady ? 'True' : 'False',
    reason: isReady ? 'Ready' : 'InProgress',
  } as const;
  const blank = { name, incarnation: resource?.incarnation ?? '', observedGeneration: '', commit: '' };
  return {
    ...blankStatus({
      ...blank,
      phase: isReady ? 'Ready' : 'Provisioning',
      conditions: [{ ...ready, message: text, lastTransitionTime: time }],
    }),
    kubernetes: { version: `v1.36.${seed % 5}`, uid: sha256(name) },
    credential: { expiresAt: time, rotatedAt: time },
    components: COMPONENTS.map((component, index) => ({
      name: component,
      category: 'gateway',
      namespace: component,
      version: `1.${index}.0`,
      phase: isReady || index > 0 ? 'Ready' : 'Installing',
      reason: 'Healthy',
      message: text,
      objects: { total: 9, ready: 9 },
      advisories: [],
    })),
  };
}

async function put(state: State, status: ClusterStatus): Promise<void> {
  await state.status.put({ ...clusterKey(status.name), incarnation: status.incarnation }, status);
}

/** A repository that does not change, with a commit for each cluster. */
function repositoryOf(entries: ReadonlyMap<string, ClusterEntry>): FleetSurroundings['repo'] {
  const set = {
    size: entries.size,
    has: (name: string) => entries.has(name),
    get: (name: string) => entries.get(name),
    keys: () => entries.keys(),
    values: () => entries.values(),
    namesBy: () => [],
    [Symbol.iterator]: () => entries.entries(),
  };
  const trailers = new Map<string, string>();
  return {
    snapshot: () => ({ commit: 'c'.repeat(40), of: () => set as never }),
    onHeadChange: () => () => {},
    lastCommit: async (_layout, name) => {
      const id = sha256(`commit ${name}`).slice(0, 40);
      return { id, author: 'Ada Lovelace', time: '2026-06-01T12:00:00Z', subject: `Save cluster ${name}`, trailers };
    },
  };
}

/** Reads with compression, as browsers do: the content, and how many bytes came. */
async function read(url: string): Promise<{ readonly body: Buffer; readonly bytes: number }> {
  const headers = { authorization: `Bearer ${READER_TOKEN}`, 'accept-encoding': 'gzip' };
  const reply = await fetch(url, { headers });
  const body = Buffer.from(await reply.arrayBuffer());
  return { body, bytes: Number(reply.headers.get('content-length') ?? body.length) };
}

/** @param before what comes before each, and is not counted */
async function medianOf(work: () => Promise<unknown>, before: () => Promise<void> = async () => {}): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < READS; index += 1) {
    await before();
    const started = performance.now();
    await work();
    taken.push(performance.now() - started);
  }
  return median(taken);
}

interface Served extends AsyncDisposable {
  readonly url: string;
}

async function served(server: Server): Promise<Served> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, [Symbol.asyncDispose]: close };
}

/** The bytes as a file that was compressed before. */
function openStatic(body: Buffer): Promise<Served> {
  const packed = gzipSync(body, { level: 4 });
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': packed.length };
  return served(createServer((_request, response) => void response.writeHead(200, headers).end(packed)));
}

/** Streams into which one text is written, every 250 ms. */
async function openBareStreams() {
  const open = new Set<{ write: (text: string) => void }>();
  const server = await served(
    createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      open.add({ write: (text) => void response.write(text) });
    }),
  );
  const write = async (text: string): Promise<void> => {
    for (let part = 0; part < 4; part += 1) {
      for (const stream of open) stream.write(text);
      await sleep(240, new AbortController().signal);
    }
  };
  return { ...server, write };
}

interface StreamCost {
  readonly cpuMilliseconds: number;
  readonly kibibytes: number;
  readonly bytes: number;
}

/** @param everySecond what happens meanwhile */
async function measureStreams(url: string, seconds: number, everySecond: () => Promise<void>): Promise<StreamCost> {
  const before = process.memoryUsage().rss;
  const script = join(import.meta.dirname, 'support/stream-readers.ts');
  const readers = fork(script, [url, String(STREAMS), READER_TOKEN], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    await once(readers, 'message');
    const kibibytes = (process.memoryUsage().rss - before) / 1024 / STREAMS;
    const usage = process.cpuUsage();
    const until = performance.now() + seconds * 1000;
    for (let second = 1; second <= seconds; second += 1) {
      await everySecond();
      const left = until - (seconds - second) * 1000 - performance.now();
      if (left > 0) await sleep(left, new AbortController().signal);
    }
    const { user, system } = process.cpuUsage(usage);
    return { cpuMilliseconds: (user + system) / 1000, kibibytes, bytes: await bytesOf(readers) };
  } finally {
    readers.kill();
  }
}

async function bytesOf(readers: ChildProcess): Promise<number> {
  readers.send('end');
  const [{ bytes }] = (await once(readers, 'message')) as [{ readonly bytes: number }];
  return bytes;
}
