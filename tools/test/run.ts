/**
 * Runs the checks and tests and ends with the plain line `N passed, N failed`.
 *
 *     node tools/test/run.ts [--real | --changed] [--again] [--name NAME] [file or folder …]
 *
 * Without arguments: types, lint and every `*.test.ts`; the `*.real.test.ts` among them skip themselves, with a
 * message, where what they need (a control plane, Gitea) is not built. With --real: only those. With --changed: types,
 * lint and the unit tests that the changes since the merge base with `main` reach, the nearest first, as many as take
 * well below a minute. With files: only these, no checks. With --name: only tests whose name, as printed at a failure,
 * contains it. With --again: where tests of a few files failed, these files run once more, alone, and that run counts;
 * what failed at first is printed, and the files are listed as unstable.
 */
import { run as runTests } from 'node:test';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from '../../src/base/programs/process.ts';
import { testsOfChanges } from './changed.ts';
import { namePattern } from './name-pattern.ts';
import { Report } from './report.ts';
import { allTestFiles, longestFirst, namedTestFiles, needsRealSystems, UnknownTestFile } from './selection.ts';

const root = join(import.meta.dirname, '../..');
/** Most files wait for servers, timers and disks: of ten seconds they need the processor for two. */
const CONCURRENCY = availableParallelism() + 2;
/** Those on real systems need more of it: each starts an API server. */
const REAL_CONCURRENCY = availableParallelism() + 1;
/** A test that takes longer than this is ended and counts as failed. */
const TEST_TIMEOUT_MILLISECONDS = 300_000;
/** After this no further files of `--changed` are started. */
const CHANGED_BUDGET_MILLISECONDS = 30_000;
/** Files of `--changed` that are started together. */
const CHANGED_BATCH = 8;
/** When tests of more files than this have failed, something is broken, and `--again` runs none of them again. */
const MAXIMUM_FILES_AGAIN = 5;
/** Set by `.ci/run`, which runs `make test-real` as well and need not run its files twice. */
const leavesReal = process.env.NAUTES_TEST_REAL === 'skip';

const { values: options, positionals: given } = parseArgs({
  allowPositionals: true,
  options: {
    real: { type: 'boolean' },
    changed: { type: 'boolean' },
    again: { type: 'boolean' },
    name: { type: 'string' },
  },
});
const defaultConcurrency = options.real === true ? REAL_CONCURRENCY : CONCURRENCY;
const report = new Report(root, (line) => console.log(line));

async function check(title: string, args: readonly string[]): Promise<void> {
  const started = Date.now();
  const { code, stdout, stderr } = await run(process.execPath, args, { directory: root });
  report.addCheck(title, code === 0 ? undefined : stdout.toString() + stderr, Date.now() - started);
}

async function checks(): Promise<void> {
  await check('types', [join(root, 'node_modules/typescript/bin/tsc'), '--noEmit']);
  await check('lint', [join(root, 'tools/lint/run.ts')]);
}

async function tests(files: readonly string[], concurrency = defaultConcurrency): Promise<void> {
  const events = runTests({
    files: files.map((file) => join(root, file)),
    concurrency,
    timeout: TEST_TIMEOUT_MILLISECONDS,
    forceExit: true, // open handles of a failed test would block forever
    ...(options.name === undefined ? {} : { testNamePatterns: namePattern(options.name) }),
  });
  for await (const event of events) report.addEvent(event);
}

/** Files in which tests failed, one after the other. */
async function failedTestsAgain(): Promise<void> {
  const files = report.failedFiles;
  if (files.length === 0 || files.length > MAXIMUM_FILES_AGAIN) return;
  console.log(`\nagain, alone: ${files.join(', ')}`);
  for (const file of files) report.setAside(file);
  await tests(files, 1);
}

/** The nearest tests first, in batches, until the time is used up; the rest is listed. */
async function changedTests(): Promise<void> {
  const { unit, long } = await testsOfChanges(root, allTestFiles(root));
  if (unit.length === 0) console.log('no unit test is reached by the changes');
  const end = Date.now() + CHANGED_BUDGET_MILLISECONDS;
  let next = 0;
  while (next < unit.length && Date.now() < end) {
    await tests(unit.slice(next, next + CHANGED_BATCH));
    next += CHANGED_BATCH;
  }
  if (next < unit.length) console.log(`left to make test: ${unit.length - next} more files that the changes reach`);
  for (const file of long) console.log(`left to make test FILE=${file}`);
}

function wantedFiles(): readonly string[] {
  if (given.length > 0) return namedTestFiles(root, given);
  const all = longestFirst(allTestFiles(root));
  if (options.real === true) return all.filter(needsRealSystems);
  return leavesReal ? all.filter((file) => !needsRealSystems(file)) : all;
}

async function main(): Promise<void> {
  if (leavesReal && options.real !== true) console.log('the files *.real.test.ts are left to make test-real');
  if (options.real === true) process.env.NAUTES_TEST_REAL = 'required';
  const isNarrowed = options.real === true || options.name !== undefined || given.length > 0;
  const files = wantedFiles();
  if (options.changed === true || !isNarrowed) await checks();
  if (options.changed === true) await changedTests();
  else await tests(files);
  if (options.again === true) await failedTestsAgain();
  if (report.passed + report.failed === 0) console.log('no test has that name');
  report.end();
  process.exitCode = report.failed === 0 && report.passed > 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UnknownTestFile)) throw error;
  console.log(error.message);
  process.exitCode = 1;
}
