/** Formats the events of Node's test runner and counts results. */
import { relative } from 'node:path';
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';

export const NAME_SEPARATOR = ' › ';

/** Characters of a file's standard error that are shown when the file itself fails. */
const ERROR_OUTPUT_KEPT = 8_000;

interface Failure {
  /** Names of the suites around it and its own. */
  readonly name: string;
  /** Where it is written, which may be a contract or a suite that several test files run. */
  readonly place: string;
  readonly detail: string;
}

export class Report {
  readonly #root: string;
  readonly #print: (line: string) => void;
  /** Names of the suites around the test that is reported, the outermost first; events come in the order of a file. */
  #names: string[] = [];
  /** Failures of the file that is reported: which file that is, is said at its end. */
  #pending: Failure[] = [];
  /** What that file has written to its standard error so far. */
  #errorOutput = '';
  readonly #failures: string[] = [];
  /** Reason -> number of tests. */
  readonly #skipped = new Map<string, number>();
  #passed = 0;

  constructor(root: string, print: (line: string) => void) {
    this.#root = root;
    this.#print = print;
  }

  get failed(): number {
    return this.#failures.length;
  }

  get passed(): number {
    return this.#passed;
  }

  /** Counts a check that is not a test, such as that of the types. */
  addCheck(title: string, problem: string | undefined, milliseconds: number): void {
    if (problem === undefined) this.#passed += 1;
    else this.#failures.push(`${title}\n${problem}`);
    this.#print(`${problem === undefined ? 'ok  ' : 'FAIL'} ${title} (${seconds(milliseconds)})`);
  }

  addEvent({ type, data }: TestEvent): void {
    if (type === 'test:start') this.#names = [...this.#names.slice(0, data.nesting), data.name];
    else if (type === 'test:pass') this.#testPassed(data);
    else if (type === 'test:fail') this.#testFailed(data);
    else if (type === 'test:stderr') this.#errorOutput = (this.#errorOutput + data.message).slice(-ERROR_OUTPUT_KEPT);
    else if (type === 'test:summary') this.#fileEnded(data);
  }

  /** Prints details of all failures, then the reasons of skipped tests, then `N passed, N failed`. */
  end(): void {
    for (const failure of this.#failures) this.#print(`\n--- ${failure}`);
    for (const [reason, count] of this.#skipped) this.#print(`skipped ${count}: ${reason}`);
    this.#print(`${this.#passed} passed, ${this.failed} failed`);
  }

  #testPassed({ details, file, name, skip }: EventData.TestPass): void {
    // A file without any test that matches passes under its own name.
    if (details.type === 'suite' || name === file) return;
    if (skip === undefined || skip === false) {
      this.#passed += 1;
      return;
    }
    const reason = skip === true ? 'no reason given' : skip;
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
  }

  #testFailed({ details, file, line, name, nesting }: EventData.TestFail): void {
    const { error, type } = details;
    // A suite fails with its tests, which are counted; by itself it fails in a hook.
    if (type === 'suite' && failureTypeOf(error) !== 'hookFailed') return;
    if (file !== undefined && name === file) {
      this.#failOutsideTests(relative(this.#root, file));
      return;
    }
    this.#pending.push({
      name: this.#names.slice(0, nesting + 1).join(NAME_SEPARATOR),
      place: file === undefined ? '' : `${relative(this.#root, file)}:${line ?? ''}`,
      detail: describe(error),
    });
  }

  /** One line a file; the summary of the whole run, which names none, is not needed. */
  #fileEnded({ file, success, duration_ms: milliseconds, counts }: EventData.TestSummary): void {
    const name = file === undefined ? '' : relative(this.#root, file);
    const failures = this.#pending.splice(0);
    for (const failure of failures) this.#fail(`${name}: ${failure.name}`, `at ${failure.place}`, failure.detail);
    if (file === undefined) return;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    this.#print(`${success ? 'ok  ' : 'FAIL'} ${name} (${counts.passed} passed${skipped}, ${seconds(milliseconds)})`);
    if (!success && failures.length === 0) this.#failOutsideTests(name);
    this.#errorOutput = '';
  }

  #failOutsideTests(name: string): void {
    this.#fail(name, 'the file ended with an error outside its tests', this.#errorOutput.trimEnd());
    this.#errorOutput = '';
  }

  #fail(title: string, ...details: readonly string[]): void {
    this.#failures.push([title, ...details].filter(Boolean).join('\n'));
    this.#print(`FAIL ${title}`);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function failureTypeOf(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined;
}

function describe(error: Error): string {
  const { cause } = error;
  if (typeof cause === 'string') return cause;
  const shown = cause instanceof Error ? cause : error;
  return withoutRunner(shown.stack ?? shown.message);
}

/** Leaves out the frames of Node itself. */
function withoutRunner(stack: string): string {
  return stack.replaceAll(/^ +at .*\(?node:.*\n?/gm, '').trimEnd();
}
