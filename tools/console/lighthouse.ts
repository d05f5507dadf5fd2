/**
 * Examines the console with Lighthouse, on demand: the login, the overview and the list of 5,000 clusters, and the page of
 * one, as on a desk and on a phone. Lighthouse is installed into `.setup` at the first use; where it cannot be, or there is
 * no Chromium, that is said and nothing fails.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, figureOf, formatTable } from '../../bench/figure.ts';
import { type FleetBed, openFleetBed } from '../../bench/support/fleet-bed.ts';
import { READER_TOKEN } from '../../src/api/testing/fake-registry.ts';
import { run } from '../../src/base/programs/process.ts';
import { browserMissing, startBrowser } from '../../test/console/browser.ts';

const root = join(import.meta.dirname, '../..');
const CONSOLE = join(root, 'dist/console');
const FOLDER = join(root, '.setup/lighthouse');
const PROGRAM = join(FOLDER, 'node_modules/lighthouse/cli/index.js');
const VERSION = '13';
const CLUSTERS = 5000;
/** For its installation, and for each page, in milliseconds. */
const INSTALL_LIMIT = 180_000;
const PAGE_LIMIT = 150_000;

interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
  readonly audits: Readonly<Record<string, { readonly numericValue?: number }>>;
}

async function main(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-lighthouse-'));
  await using bed = await openFleetBed(join(directory, 'state'), CLUSTERS, CONSOLE);
  const port = await freePort();
  const browser = await startBrowser([`--remote-debugging-port=${port}`]);
  try {
    const cookie = await sessionCookie(bed.url);
    const figures: Figure[] = [];
    for (const form of ['desktop', 'mobile'] as const) {
      for (const { name, path, isOpen = false } of pagesOf(bed)) {
        const headers: Readonly<Record<string, string>> = isOpen ? {} : { Cookie: cookie };
        const file = join(directory, `${form}-${name.replaceAll(' ', '-')}.json`);
        const report = await examine(bed.url + path, { port, form, headers, file });
        figures.push(...(report === undefined ? [] : figuresOf(`${name}, ${form}`, report)));
      }
    }
    console.log(formatTable(figures));
  } finally {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Examined {
  readonly name: string;
  readonly path: string;
  /** Whether nobody has signed in. */
  readonly isOpen?: boolean;
}

function pagesOf({ names }: FleetBed): readonly Examined[] {
  return [
    { name: 'login', path: '/console/login', isOpen: true },
    { name: `overview of ${CLUSTERS}`, path: '/console' },
    { name: `list of ${CLUSTERS}`, path: '/console/clusters' },
    { name: 'cluster', path: `/console/clusters/${names[0] ?? ''}` },
  ];
}

async function lighthouseMissing(): Promise<string | false> {
  if (existsSync(PROGRAM)) return false;
  await mkdir(FOLDER, { recursive: true });
  const args = ['install', '--prefix', FOLDER, '--no-save', '--no-audit', '--no-fund', `lighthouse@${VERSION}`];
  const { code } = await run('npm', args, { signal: AbortSignal.timeout(INSTALL_LIMIT) }).catch(() => ({ code: 1 }));
  return code === 0 && existsSync(PROGRAM) ? false : 'it could not be installed';
}

interface Examination {
  readonly port: number;
  readonly form: 'desktop' | 'mobile';
  readonly headers: Readonly<Record<string, string>>;
  readonly file: string;
}

async function examine(url: string, { port, form, headers, file }: Examination): Promise<Report | undefined> {
  const args = [PROGRAM, url, `--port=${port}`, '--quiet', '--output=json', `--output-path=${file}`];
  args.push('--only-categories=performance,accessibility,best-practices', `--extra-headers=${JSON.stringify(headers)}`);
  if (form === 'desktop') args.push('--preset=desktop');
  try {
    const { code, stderr } = await run(process.execPath, args, { signal: AbortSignal.timeout(PAGE_LIMIT) });
    if (code !== 0) throw new Error(stderr.slice(-500));

    return JSON.parse(await readFile(file, 'utf8')) as Report; // Lighthouse's
  } catch (error) {
    console.log(`${url} (${form}): no report: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const TIMES = [
  ['first-contentful-paint', 'first paint with content', 500, 1500],
  ['largest-contentful-paint', 'largest paint with content', 700, 2000],
  ['total-blocking-time', 'blocking time', 200, 200],
] as const;

function figuresOf(name: string, { categories, audits }: Report): readonly Figure[] {
  const isDesktop = name.endsWith('desktop');
  const scores = CATEGORIES.map((category) =>
    figureOf({
      figure: `${name}: ${category}`,
      unit: 'of 100',
      ours: (categories[category]?.score ?? 0) * 100,
      wanted: { of: 'ours', atLeast: category === 'performance' ? 95 : 100 },
    }),
  );
  const times = TIMES.map(([audit, title, onDesk, onPhone]) =>
    figureOf({
      figure: `${name}: ${title}`,
      unit: 'ms',
      ours: audits[audit]?.numericValue ?? Number.NaN,
      wanted: { of: 'ours', atMost: isDesktop ? onDesk : onPhone },
    }),
  );
  return [...scores, ...times];
}

/** The cookie of a login, as browsers send it. */
async function sessionCookie(url: string): Promise<string> {
  const reply = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-nautes-console': '1' },
    body: JSON.stringify({ token: READER_TOKEN }),
  });
  return (reply.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

// Last: the constants above have to be there.
const missing = browserMissing() || (await lighthouseMissing());
if (missing === false) await main();
else console.log(`Lighthouse is left out: ${missing}`);
