/** Selects the tests that a change concerns, from Git's status of the checkout and the imports of its files. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { distances, readImporters, type Importers } from './import-graph.ts';
import { needsRealSystems, testsTheWhole } from './selection.ts';

export interface ConcernedTests {
  /** To run, those nearest to the change first. */
  readonly unit: readonly string[];
  /** Changed themselves, but they take long: they test the whole or need real systems. */
  readonly long: readonly string[];
}

/** Tests of the documentation read pages instead of importing them. */
const PAGE_TESTS = /^tools\/docs\/.*\.test\.ts$/;

/** Sorts the test files that the changed files reach. Pure. */
export function concernedTests(
  changed: readonly string[],
  importers: Importers,
  testFiles: readonly string[],
): ConcernedTests {
  const reached = distances(changed, importers);
  const pagesChanged = changed.some((file) => file.endsWith('.md'));
  const distance = (file: string): number | undefined =>
    reached.get(file) ?? (pagesChanged && PAGE_TESTS.test(file) ? 1 : undefined);
  const isLong = (file: string): boolean => testsTheWhole(file) || needsRealSystems(file);
  const unit = testFiles.filter((file) => distance(file) !== undefined && !isLong(file));
  return {
    unit: unit.toSorted((one, other) => (distance(one) ?? 0) - (distance(other) ?? 0)),
    long: testFiles.filter((file) => distance(file) === 0 && isLong(file)),
  };
}

/** What differs from the merge base with `main`: committed, uncommitted and untracked files; deleted ones as well. */
export async function changedFiles(root: string): Promise<readonly string[]> {
  const base = await mergeBase(root);
  const differing = await git(root, ['diff', '--name-only', '--no-renames', base]);
  const untracked = await git(root, ['ls-files', '--others', '--exclude-standard']);
  return [...new Set([...differing, ...untracked])].sort();
}

/** The tests that the state of the checkout concerns. */
export async function testsOfChanges(root: string, testFiles: readonly string[]): Promise<ConcernedTests> {
  const listed = await git(root, ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.ts']);
  const sources = listed.filter((file) => existsSync(join(root, file)));
  return concernedTests(await changedFiles(root), await readImporters(root, sources), testFiles);
}

/** On `main` itself, unpushed commits count as changes. */
async function mergeBase(root: string): Promise<string> {
  const [branch] = await git(root, ['rev-parse', '--abbrev-ref', 'HEAD']);
  for (const trunk of branch === 'main' ? ['origin/main'] : ['main', 'origin/main']) {
    const [base] = await git(root, ['merge-base', 'HEAD', trunk]).catch(() => []);
    if (base !== undefined) return base;
  }
  return 'HEAD';
}

async function git(root: string, args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await run('git', args, { directory: root });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout.toString().split('\n').filter(Boolean);
}
