/**
 * Runs the checks and tests and ends with the plain line `N passed, N failed`.
 *
 *     node tools/test/run.ts [--real] [file …]
 *
 * Without arguments: types, lint and every `*.test.ts`; the `*.real.test.ts` among them skip themselves, with a
 * message, where no control plane is built. With --real: only those. With files: only these, no checks.
 */
import { run as runTests } from 'node:test';
import { join, relative } from 'node:path';
import { globSync } from 'node:fs';
import { run } from '../../src/base/process.ts';

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

interface FileTally {
  passed: number;
  failed: number;
  skipped: number;
}

function describeError(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** Counts the outcomes of one run of the test runner. */
class Outcomes {
  readonly #byFile = new Map<string, FileTally>();

  passed(file: string | undefined, skip: string | boolean | undefined): void {
    if (skip === undefined || skip === false) {
      tally.passed += 1;
      this.#of(file).passed += 1;
      return;
    }
    const reason = skip === true ? 'no reason given' : skip;
    tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + 1);
    this.#of(file).skipped += 1;
  }

  failed(file: string | undefined, name: string, error: unknown): void {
    this.#of(file).failed += 1;
    const title = file === undefined ? name : `${relative(root, file)}: ${name}`;
    fail(title, describeError(error));
    console.log(`FAIL ${title}`);
  }

  ended(file: string, success: boolean, milliseconds: number): void {
    const name = relative(root, file);
    const { passed, failed, skipped } = this.#of(file);
    const good = success && failed === 0;
    const counts = `${passed} passed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    console.log(`${good ? 'ok  ' : 'FAIL'} ${name} (${counts}, ${(milliseconds / 1000).toFixed(1)} s)`);
    if (!success && failed === 0) fail(name, 'the file ended with an error outside its tests');
  }

  #of(file: string | undefined): FileTally {
    const name = file ?? '?';
    const entry = this.#byFile.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
    this.#byFile.set(name, entry);
    return entry;
  }
}

async function tests(files: readonly string[]): Promise<void> {
  const outcomes = new Outcomes();
  const paths = files.map((file) => join(root, file));
  for await (const event of runTests({ files: paths, concurrency: 2, timeout: TEST_TIMEOUT_MILLISECONDS })) {
    if (event.type === 'test:pass' && event.data.details.type !== 'suite') {
      outcomes.passed(event.data.file, event.data.skip);
    } else if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      outcomes.failed(event.data.file, event.data.name, event.data.details.error);
    } else if (event.type === 'test:summary' && event.data.file !== undefined) {
      outcomes.ended(event.data.file, event.data.success, event.data.duration_ms);
    }
  }
}

function testFiles(real: boolean): string[] {
  return FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.test.ts`, { cwd: root }))
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => !real || file.endsWith('.real.test.ts'))
    .sort();
}

const args = process.argv.slice(2);
const real = args.includes('--real');
const named = args.filter((argument) => !argument.startsWith('--'));
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
