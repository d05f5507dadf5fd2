import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { READER_TOKEN } from '../src/api/testing/fake-registry.ts';
import { sleep } from '../src/base/async/timing.ts';
import { browserMissing, startBrowser } from '../test/console/browser.ts';
import { isBuilt } from '../tools/console/sources.ts';
import type { Benchmark, BenchmarkContext } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import { BrowserPage, type Frames } from './support/browser-page.ts';
import { type FleetBed, openFleetBed } from './support/fleet-bed.ts';
import { median, percentile } from './support/load.ts';

const ROOT = join(import.meta.dirname, '..');
const CONSOLE = join(ROOT, 'dist/console');
const CLUSTERS = [1000, 5000] as const;
const LOADS = 7;
const SECONDS = 10;
const TYPED = 'cluster-a1 b2 c3 failed argocd';
/** Changes of rows in a second while frames and input are measured. */
const FAST = 200;
/** Batches in which these come. */
const BATCHES = 4;
/** An hour with 20 changes a second. */
const HOUR_OF_CHANGES = 72_000;
const HOUR_BATCH = 1_000;
const EVENTS = 40;
/** Longest time of the whole run, in milliseconds. */
const LIMIT = 15 * 60_000;

const ROWS = '[role=row][data-index]';
const FIRST_ROW = '[role=row][data-index="0"]';
const LIST = '/console/clusters';

/** The console in a browser, against pages without anything in the same run. */
export const consoleBenchmark: Benchmark = {
  name: 'console',
  title: 'the list of clusters in Chromium: first rows, frames, input, memory, events',
  async run(context) {
    const missing = browserMissing();
    if (missing !== false) {
      context.progress(`left out: ${missing}`);
      return [];
    }
    if (!(await isBuilt(ROOT, CONSOLE))) throw new Error('dist/console is of other sources (make console builds it)');
    const browser = await startBrowser();
    const limit = setTimeout(() => void browser.close(), LIMIT);
    try {
      return await measureAll(browser, context);
    } finally {
      clearTimeout(limit);
      await browser.close();
    }
  },
};

async function measureAll(browser: Browser, { directory, options, progress }: BenchmarkContext) {
  const seconds = options.seconds ?? SECONDS;
  const sizes = options.clusters === undefined ? CLUSTERS : [options.clusters];
  progress('an empty page');
  await using none = await openFleetBed(join(directory, 'none'), 0, CONSOLE);
  const empty = await measureEmpty(browser, none, seconds);
  const figures: Figure[] = [];
  for (const size of sizes) {
    progress(`${size} clusters`);
    await using bed = await openFleetBed(join(directory, String(size)), size, CONSOLE);
    await using session = await openSession(browser, bed);
    figures.push(...(await measureList({ bed, size, seconds, empty, page: session.page })));
    if (size !== sizes.at(-1)) continue;
    progress('from an event to the screen');
    figures.push(...(await measureEvents(bed, session.page)));
    progress(`${HOUR_OF_CHANGES} changes`);
    figures.push(...(await measureMemory(bed, session)));
  }
  return figures;
}

/** What a page takes that shows nothing: the ratios are to it. */
interface Empty {
  /** Of the list without clusters: median. */
  readonly loadMilliseconds: number;
  readonly frames: Frames;
  readonly inputMilliseconds: number;
}

async function measureEmpty(browser: Browser, bed: FleetBed, seconds: number): Promise<Empty> {
  await using session = await openSession(browser, bed);
  const { page } = session;
  const loadMilliseconds = await page.loads(`${bed.url}${LIST}`, 'main section h2', LOADS);
  await page.page.goto('about:blank');
  await page.page.setContent('<!doctype html><title>empty</title><input>');
  const inputs = await page.type('input', TYPED);
  return { loadMilliseconds, frames: await page.frames(seconds, false), inputMilliseconds: p95(inputs) };
}

interface Measured {
  readonly bed: FleetBed;
  readonly size: number;
  readonly seconds: number;
  readonly empty: Empty;
  readonly page: BrowserPage;
}

async function measureList({ bed, size, seconds, empty, page }: Measured): Promise<readonly Figure[]> {
  const loadMilliseconds = await page.loads(`${bed.url}${LIST}`, ROWS, LOADS);
  await using parts = new AsyncDisposableStack();
  parts.use(changing(bed));
  const rest = await page.frames(seconds, false);
  const scrolled = await page.frames(seconds, true);
  await page.page.evaluate('scrollTo(0, 0)');
  const inputs = await page.type('input[type=search]', TYPED);
  const rows = `${size} clusters`;
  return [
    figureOf({
      figure: `${rows}, first rows, against the list without clusters`,
      unit: 'ms',
      ours: loadMilliseconds,
      baseline: empty.loadMilliseconds,
      wanted: { of: 'ours', atMost: 500 },
    }),
    framesFigure(`${rows}, frames with ${FAST} changes a second, at rest`, rest, empty.frames, 58),
    framesFigure(`${rows}, the same while it scrolls`, scrolled, empty.frames, 55),
    figureOf({
      figure: `${rows}, time between frames while it scrolls, p95`,
      unit: 'ms',
      ours: p95(scrolled.milliseconds),
      baseline: p95(empty.frames.milliseconds),
      wanted: { of: 'ours', atMost: 33 },
    }),
    figureOf({
      figure: `${rows}, longest task while it scrolls`,
      unit: 'ms',
      ours: Math.max(0, ...scrolled.longTasks),
      wanted: { of: 'ours', atMost: 100 },
    }),
    figureOf({
      figure: `${rows}, from a key to the next paint, p95`,
      unit: 'ms',
      ours: p95(inputs),
      baseline: empty.inputMilliseconds,
      wanted: { of: 'ours', atMost: 100 },
    }),
  ];
}

function framesFigure(figure: string, frames: Frames, empty: Frames, atLeast: number): Figure {
  return figureOf({
    figure,
    unit: 'frames/s',
    ours: frames.perSecond,
    baseline: empty.perSecond,
    wanted: { of: 'ours', atLeast },
  });
}

/** Changes rows until it is disposed of. */
function changing(bed: FleetBed): AsyncDisposable {
  const end = new AbortController();
  const work = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await bed.change(FAST / BATCHES);
      await sleep(1000 / BATCHES, end.signal).catch(() => {});
    }
  };
  const done = work();
  return {
    [Symbol.asyncDispose]: () => {
      end.abort();
      return done;
    },
  };
}

/** Until a change of a row that is seen has been drawn; the baseline is a reader of the stream without a screen. */
async function measureEvents(bed: FleetBed, page: BrowserPage): Promise<readonly Figure[]> {
  await page.page.goto(`${bed.url}${LIST}`);
  await page.page.locator(ROWS).first().waitFor();
  await page.page.getByText('live').waitFor();
  await using wire = await openWire(bed);
  const [name = ''] = bed.names;
  const screen: number[] = [];
  const read: number[] = [];
  for (let number = 1; number <= EVENTS; number += 1) {
    const version = `v1.99.${number}`;
    const [drawn, came] = [page.whenDrawn(FIRST_ROW, version), wire.when(version)];
    await page.page.evaluate('0'); // the page waits for it now
    const started = Date.now();
    await bed.setVersion(name, version);
    screen.push((await drawn) - started);
    read.push((await came) - started);
  }
  return [
    figureOf({
      figure: 'from a change to the screen, p95, against a reader of the stream',
      unit: 'ms',
      ours: p95(screen),
      baseline: p95(read),
      wanted: { of: 'ours', atMost: 300 },
    }),
    figureOf({ figure: 'the same, median', unit: 'ms', ours: median(screen), baseline: median(read) }),
  ];
}

interface Wire extends AsyncDisposable {
  /** Milliseconds since 1970 when the text came. */
  readonly when: (text: string) => Promise<number>;
}

async function openWire({ url }: FleetBed): Promise<Wire> {
  const end = new AbortController();
  const headers = { authorization: `Bearer ${READER_TOKEN}`, accept: 'text/event-stream' };
  const reply = await fetch(`${url}/api/v1/fleet`, { headers, signal: end.signal });
  const waiting = new Map<string, (time: number) => void>();
  const reading = (async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of reply.body ?? []) {
      text = (text + decoder.decode(chunk as Uint8Array, { stream: true })).slice(-100_000);
      for (const [wanted, tell] of waiting) {
        if (!text.includes(`"${wanted}"`)) continue;
        waiting.delete(wanted);
        tell(Date.now());
      }
    }
  })().catch(() => {});
  return {
    when: (text) => new Promise((resolve) => waiting.set(text, resolve)),
    [Symbol.asyncDispose]: () => {
      end.abort();
      return reading;
    },
  };
}

async function measureMemory(bed: FleetBed, session: Session): Promise<readonly Figure[]> {
  const { page } = session;
  const change = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += HOUR_BATCH) {
      const told = bed.told();
      await bed.change(HOUR_BATCH);
      await told;
    }
    await page.page.waitForTimeout(1000); // the last batch is drawn
  };
  await page.page.goto(`${bed.url}${LIST}`);
  await page.page.getByText('live').waitFor();
  await change(5 * HOUR_BATCH);
  const before = await page.memory();
  await change(HOUR_OF_CHANGES);
  const after = await page.memory();
  return [
    figureOf({
      figure: `memory of the page that ${HOUR_OF_CHANGES} changes left`,
      unit: 'MiB',
      ours: (after.bytes - before.bytes) / 1024 / 1024,
      wanted: { of: 'ours', atMost: 2 },
    }),
    figureOf({
      figure: 'nodes of the page after them, against before',
      unit: 'nodes',
      ours: after.nodes,
      baseline: before.nodes,
      wanted: { of: 'ratio', atMost: 1.1 },
    }),
  ];
}

interface Session extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: BrowserPage;
}

/** A page of somebody who has signed in. */
async function openSession(browser: Browser, { url }: FleetBed): Promise<Session> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 860 } });
  const page: Page = await context.newPage();
  await page.goto(`${url}/console`);
  await page.locator('input[name=token]').fill(READER_TOKEN);
  await page.locator('button[type=submit]').click();
  await page.locator('nav').first().waitFor({ state: 'attached' });
  return { context, page: new BrowserPage(page), [Symbol.asyncDispose]: () => context.close() };
}

function p95(values: readonly number[]): number {
  return percentile(
    values.toSorted((left, right) => left - right),
    0.95,
  );
}
