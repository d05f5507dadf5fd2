/**
 * Builds the web console into `dist/console`: its packages are installed when its lock file changed, every file is
 * compressed, and a build that is heavier than its budget fails.
 *
 *     node tools/console/build.ts [--if-changed]
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { run } from '../../src/base/programs/process.ts';
import { sha256 } from '../../src/base/hash.ts';
import { loadedParts, type Manifest } from './budget.ts';
import { buildStamp, isBuilt, sourcesDigest } from './sources.ts';

const root = join(import.meta.dirname, '../..');
const source = join(root, 'console');
const output = join(root, 'dist/console');
/** The digest of the packages that there are now. */
const PACKAGES_STAMP = join(root, '.setup/console-packages');
const COMPRESSED = /\.(js|css|svg)$/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

await main();

async function main(): Promise<void> {
  const digest = await sourcesDigest(root);
  if (process.argv.includes('--if-changed') && (await isBuilt(root, output))) return;
  await installPackages();
  await command('vite', process.execPath, [
    join(source, 'node_modules/vite/bin/vite.js'),
    'build',
    '--logLevel',
    'warn',
  ]);
  const sizes = await compressAll(join(output, 'assets'));
  const manifestFile = join(output, '.vite/manifest.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest; // Vite's
  await rm(join(output, '.vite'), { recursive: true });
  if (!isWithinBudget(manifest, sizes)) {
    process.exitCode = 1;
    return;
  }
  await writeFile(buildStamp(output), digest);
}

/** As the lock file names them. Not `npm ci`: an optional package for another platform may be missing in a registry. */
async function installPackages(): Promise<void> {
  const digest = sha256(await readFile(join(source, 'package-lock.json')));
  if ((await read(PACKAGES_STAMP)) === digest && (await read(join(source, 'node_modules/vite/package.json'))) !== '')
    return;
  await command('npm', 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  await mkdir(join(root, '.setup'), { recursive: true });
  await writeFile(PACKAGES_STAMP, digest);
}

async function command(title: string, program: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { directory: source });
  if (code !== 0) throw new Error(`${title} failed:\n${stdout.toString()}${stderr}`);
}

/** Writes the compressed files beside the others. @returns the sizes in transfer, by the names in the manifest */
async function compressAll(folder: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder)) {
    if (!COMPRESSED.test(name)) continue;
    const file = join(folder, name);
    const content = await readFile(file);
    const zipped = await zip(content, { level: constants.Z_BEST_COMPRESSION });
    await writeFile(`${file}.gz`, zipped);
    await writeFile(`${file}.br`, await brotli(content));
    sizes.set(`assets/${name}`, zipped.length);
  }
  return sizes;
}

function isWithinBudget(manifest: Manifest, sizes: ReadonlyMap<string, number>): boolean {
  let isWithin = true;
  for (const { name, files, limit } of loadedParts(manifest)) {
    const size = files.reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
    const isTooHeavy = size > limit;
    if (isTooHeavy) isWithin = false;
    const verdict = isTooHeavy ? `: more than the ${kilobytes(limit)} it may have` : '';
    if (isTooHeavy || name === 'first load') console.log(`console: ${name} ${kilobytes(size)} gzipped${verdict}`);
  }
  return isWithin;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KB`;
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}
