/** Which test files there are, and in which order they run. */
import { existsSync, globSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const FOLDERS = ['src', 'sandbox', 'tools', 'test', 'bench'];

/** A name that matches no test file. */
export class UnknownTestFile extends Error {}

/** All test files below the checkout, as paths relative to it. */
export function allTestFiles(root: string): readonly string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
    .filter((file) => !file.includes('node_modules'))
    .sort();
}

/** Whether it needs something real: a control plane, Gitea, Vault. */
export function needsRealSystems(file: string): boolean {
  return file.endsWith('.real.test.ts');
}

/** Whether it starts a whole server or a whole control loop; such files take up to a minute. */
export function testsTheWhole(file: string): boolean {
  return file.startsWith('test/') || file.endsWith('.sandbox.test.ts');
}

/**
 * The test files for the given files and folders, relative to the checkout.
 *
 * @throws UnknownTestFile when one of them matches no test file.
 */
export function namedTestFiles(root: string, given: readonly string[]): readonly string[] {
  return [...new Set(given.flatMap((name) => testFilesOf(root, name)))];
}

function testFilesOf(root: string, name: string): readonly string[] {
  const path = resolve(root, name);
  if (!existsSync(path)) throw new UnknownTestFile(`${name} does not exist`);
  if (!statSync(path).isDirectory()) {
    if (!path.endsWith('.test.ts')) throw new UnknownTestFile(`${name} is not a test file (*.test.ts)`);
    return [relative(root, path)];
  }
  const below = globSync('**/*.test.ts', { cwd: path, exclude: ['**/node_modules/**'] }).sort();
  if (below.length === 0) throw new UnknownTestFile(`${name} has no test files`);
  return below.map((file) => relative(root, join(path, file)));
}

/**
 * Files that test the whole first: they take longest, and two workers end together when short files come last.
 * Otherwise the order given stays.
 */
export function longestFirst(files: readonly string[]): readonly string[] {
  return files.toSorted((one, other) => Number(testsTheWhole(other)) - Number(testsTheWhole(one)));
}
