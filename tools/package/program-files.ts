import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/** The checkout that packages are made from. */
export const projectRoot = join(import.meta.dirname, '../..');

/** Files beside the code that a running program needs. */
const PROGRAM_FILES = ['bin/nautes', 'tools/node.sh', 'package.json', 'LICENSE'] as const;
/** The simulator is part of the program: `nautes sandbox`. */
const CODE_FOLDERS = ['src', 'sandbox'] as const;

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** What package.json says that packages repeat. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as Manifest; // ours
}

/** The web console as `make console` has built it; without it the program runs and says how to get it. */
const CONSOLE_FOLDER = 'dist/console';

async function copyConsole(directory: string): Promise<void> {
  const source = join(projectRoot, CONSOLE_FOLDER);
  if (existsSync(source)) await cp(source, join(directory, CONSOLE_FOLDER), { recursive: true });
}

/**
 * Copies a program that runs from the directory with Node, git and helm: code, data and the packages of production.
 * Sources run in any folder but `node_modules`, where Node strips no types.
 */
export async function copyProgram(directory: string): Promise<void> {
  for (const file of PROGRAM_FILES) await copyFile(file, directory);
  for (const folder of CODE_FOLDERS) {
    await cp(join(projectRoot, folder), join(directory, folder), { recursive: true, filter: isOfProgram });
  }
  await copyPackages(directory);
  await copyConsole(directory);
}

/** The same without the code itself: what TypeScript cannot translate. */
export async function copyProgramData(directory: string): Promise<void> {
  for (const file of PROGRAM_FILES) await copyFile(file, directory);
  const isData = (source: string): boolean => isOfProgram(source) && extname(source) !== '.ts';
  for (const folder of CODE_FOLDERS) {
    await cp(join(projectRoot, folder), join(directory, folder), { recursive: true, filter: isData });
  }
  await copyPackages(directory);
  await copyConsole(directory);
}

/** Not tests, their contracts and their fixtures. */
function isOfProgram(source: string): boolean {
  return basename(source) !== 'testing' && !/\.(test|contract)\.ts$|\.md$/.test(source);
}

/** Copies the packages of production, as the lock file names them and `make setup` has checked them. */
async function copyPackages(directory: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as LockFile; // npm's
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    if (path === '' || dev === true) continue;
    // A package within another one has an entry of its own.
    const source = join(projectRoot, path);
    const filter = (file: string): boolean => file === source || basename(file) !== 'node_modules';
    await cp(source, join(directory, path), { recursive: true, filter });
  }
}

async function copyFile(file: string, directory: string): Promise<void> {
  const target = join(directory, file);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, await readFile(join(projectRoot, file)));
  await chmod(target, /^bin|\.sh$/.test(file) ? 0o755 : 0o644);
}
