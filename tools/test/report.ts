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

/** What the tests of one file came to. */
class FileResult {
  passed = 0;
  readonly failures: string[] = [];
  /** Reason of each skipped test. */
  readonly skipped: string[] = [];
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
  /** Passed and skipped tests of that file so far. */
  #current = new FileResult();
  readonly #checks = new FileResult();
  /** Path from the root -> what its last run came to. */
  readonly #files = new Map<string, FileResult>();
  /** Failures of files that were run again since. */
  readonly #earlier = new Map<string, readonly string[]>();

  constructor(root: string, print: (line: string) => void) {
    this.#root = root;
    this.#print = print;
  }

  get failed(): number {
    return this.#failures().length;
  }

  get passed(): number {
    return this.#results().reduce((sum, { passed }) => sum + passed, 0);
  }

  /** Paths from the root of the files in which something failed. */
  get failedFiles(): readonly string[] {
    return [...this.#files].filter(([, { failures }]) => failures.length > 0).map(([name]) => name);
  }

  /** Puts the result of a file aside because the file runs once more: that run counts, this one is told. */
  setAside(name: string): void {
    this.#earlier.set(name, this.#files.get(name)?.failures ?? []);
    this.#files.delete(name);
  }

  /** Counts a check that is not a test, such as that of the types. */
  addCheck(title: string, problem: string | undefined, milliseconds: number): void {
    if (problem === undefined) this.#checks.passed += 1;
    else this.#checks.failures.push(`${title}\n${problem}`);
    this.#print(`${problem === undefined ? 'ok  ' : 'FAIL'} ${title} (${seconds(milliseconds)})`);
  }

  addEvent({ type, data }: TestEvent): void {
    if (type === 'test:start') this.#names = [...this.#names.slice(0, data.nesting), data.name];
    else if (type === 'test:pass') this.#testPassed(data);
    else if (type === 'test:fail') this.#testFailed(data);
    else if (type === 'test:stderr') this.#errorOutput = (this.#errorOutput + data.message).slice(-ERROR_OUTPUT_KEPT);
    else if (type === 'test:summary') this.#fileEnded(data);
  }

  /** Prints details of all failures, then the files that failed once, the reasons of skipped tests and the counts. */
  end(): void {
    for (const failure of this.#failures()) this.#print(`\n--- ${failure}`);
    const unstable = [...this.#earlier].filter(([name]) => this.#files.get(name)?.failures.length === 0);
    for (const [, failures] of unstable) {
      for (const failure of failures)
        this.#print(`\n--- failed once, passed when its file ran again alone: ${failure}`);
    }
    for (const [name] of unstable) this.#print(`unstable: ${name}`);
    for (const [reason, count] of this.#skipped()) this.#print(`skipped ${count}: ${reason}`);
    this.#print(`${this.passed} passed, ${this.failed} failed`);
  }

  #results(): readonly FileResult[] {
    return [this.#checks, ...this.#files.values()];
  }

  #failures(): readonly string[] {
    return this.#results().flatMap(({ failures }) => failures);
  }

  /** Reason -> number of tests. */
  #skipped(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const reason of this.#results().flatMap(({ skipped }) => skipped)) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
    return counts;
  }

  #testPassed({ details, file, name, skip }: EventData.TestPass): void {
    // A file without any test that matches passes under its own name.
    if (details.type === 'suite' || name === file) return;
    if (skip === undefined || skip === false) {
      this.#current.passed += 1;
      return;
    }
    this.#current.skipped.push(skip === true ? 'no reason given' : skip);
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
    const { passed, skipped: reasons } = this.#current;
    this.#current = new FileResult();
    if (file === undefined && failures.length + passed + reasons.length === 0) return;
    const result = this.#resultOf(name);
    result.passed += passed;
    result.skipped.push(...reasons);
    for (const failure of failures) this.#fail(name, `${name}: ${failure.name}`, `at ${failure.place}`, failure.detail);
    if (file === undefined) return;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    this.#print(`${success ? 'ok  ' : 'FAIL'} ${name} (${counts.passed} passed${skipped}, ${seconds(milliseconds)})`);
    if (!success && failures.length === 0) this.#failOutsideTests(name);
    this.#errorOutput = '';
  }

  #failOutsideTests(name: string): void {
    this.#fail(name, name, 'the file ended with an error outside its tests', this.#errorOutput.trimEnd());
    this.#errorOutput = '';
  }

  #resultOf(name: string): FileResult {
    const result = this.#files.get(name) ?? new FileResult();
    this.#files.set(name, result);
    return result;
  }

  #fail(name: string, title: string, ...details: readonly string[]): void {
    this.#resultOf(name).failures.push([title, ...details].filter(Boolean).join('\n'));
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
