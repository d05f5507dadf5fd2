/**
 * Runs the checks and tests and ends with the plain line `N passed, N failed`.
 *
 *     node tools/test/run.ts [--real] [file …]
 *
 * Without arguments: types, lint and every `*.test.ts`; the `*.real.test.ts` among them skip themselves, with a
 * message, where what they need (a control plane, Gitea) is not built. With --real: only those. With files: only these,
 * no checks.
 */
import { run as runTests } from 'node:test';
import { join, relative } from 'node:path';
import { globSync } from 'node:fs';
import { run } from '../../src/base/programs/process.ts';

const root = join(import.meta.dirname, '../..');
const FOLDERS = ['src', 'sandbox', 'tools', 'test', 'bench'];
/** A test that takes longer than this is ended and counts as failed. */
const TEST_TIMEOUT_MILLISECONDS = 300_000;

interface Tally {
  passed: number;
  failed: number;
  readonly failures: string[];
  /** Reason -> number of tests. */
  readonly skipped: Map<string, number>;
}

const tally: Tally = { passed: 0, failed: 0, failures: [], skipped: new Map() };

function fail(title: string, detail: string): void {
  tally.failed += 1;
  tally.failures.push(`${title}\n${detail}`);
}

async function check(title: string, args: readonly string[]): Promise<void> {
  const started = Date.now();
  const result = await run(process.execPath, args, { directory: root });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (result.code === 0) tally.passed += 1;
  else fail(title, result.stdout.toString() + result.stderr);
  console.log(`${result.code === 0 ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)`);
}

function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function passed(skip: string | boolean | undefined): void {
  if (skip === undefined || skip === false) {
    tally.passed += 1;
    return;
  }
  const reason = skip === true ? 'no reason given' : skip;
  tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + 1);
}

function failed(file: string | undefined, name: string, error: unknown): void {
  const title = file === undefined ? name : `${relative(root, file)}: ${name}`;
  fail(title, describeError(error));
  console.log(`FAIL ${title}`);
}

interface FileSummary {
  readonly file?: string | undefined;
  readonly success: boolean;
  readonly duration_ms: number;
  readonly counts: { readonly passed: number; readonly skipped: number };
}

/** One line a file; counted are the tests it ran, wherever they are written. */
function fileEnded({ file, success, duration_ms: milliseconds, counts }: FileSummary, failures: number): void {
  if (file === undefined) return;
  const name = relative(root, file);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(
    `${success ? 'ok  ' : 'FAIL'} ${name} (${counts.passed} passed${skipped}, ${(milliseconds / 1000).toFixed(1)} s)`,
  );
  if (!success && tally.failed === failures) fail(name, 'the file ended with an error outside its tests');
}

async function tests(files: readonly string[]): Promise<void> {
  const paths = files.map((file) => join(root, file));
  let failuresBefore = tally.failed;
  for await (const event of runTests({ files: paths, concurrency: 2, timeout: TEST_TIMEOUT_MILLISECONDS })) {
    if (event.type === 'test:pass' && event.data.details.type !== 'suite') passed(event.data.skip);
    else if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      failed(event.data.file, event.data.name, event.data.details.error);
    } else if (event.type === 'test:summary') {
      fileEnded(event.data, failuresBefore);
      failuresBefore = tally.failed;
    }
  }
}

/** Set by `.ci/run`, which runs `make test-real` as well and need not run its files twice. */
const leavesReal = process.env.NAUTES_TEST_REAL === 'skip';

function testFiles(real: boolean): string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => (real ? file.endsWith('.real.test.ts') : !leavesReal || !file.endsWith('.real.test.ts')))
    .sort();
}

const args = process.argv.slice(2);
const real = args.includes('--real');
const named = args.filter((argument) => !argument.startsWith('--'));
if (leavesReal && !real) console.log('the files *.real.test.ts are left to make test-real');
if (real) process.env.NAUTES_TEST_REAL = 'required';
if (!real && named.length === 0) {
  await check('types', [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit']);
  await check('lint', [join(root, 'tools/lint/run.ts')]);
}
await tests(named.length > 0 ? named : testFiles(real));
for (const failure of tally.failures) console.log(`\n--- ${failure}`);
for (const [reason, count] of tally.skipped) console.log(`skipped ${count}: ${reason}`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
