import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { READER_TOKEN } from '../src/api/testing/fake-registry.ts';
import { sleep } from '../src/base/async/timing.ts';
import type { Benchmark } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { openFleetBed } from './support/fleet-bed.ts';
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
    await using bed = await openFleetBed(directory, clusters);
    const url = `${bed.url}/api/v1/fleet`;
    const started = performance.now();
    const { body, bytes } = await read(url);
    const first = performance.now() - started;
    progress('snapshots');
    const warm = await medianOf(() => read(url));
    const afterChange = async (): Promise<void> => {
      const told = bed.told();
      await bed.change(1);
      await told;
    };
    const changed = await medianOf(() => read(url), afterChange);
    await using file = await openStatic(body);
    const baseline = await medianOf(() => read(file.url));
    progress(`${STREAMS} streams with ${CHANGES_PER_SECOND} changes a second for ${seconds} s`);
    const streams = await measureStreams(url, seconds, () => bed.change(CHANGES_PER_SECOND));
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
