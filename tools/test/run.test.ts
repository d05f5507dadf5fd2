import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';

const root = join(import.meta.dirname, '../..');

const CONTRACT = `
import { it } from 'node:test';
export function describeContract(): void {
  it('keeps (a+b)', () => {});
  it('is short', () => { throw new Error('too long'); });
}
`;
const FAILING = `
import { describe, it } from 'node:test';
import { describeContract } from './name.contract.ts';
describe('names', () => { describe('of clusters', describeContract); });
it('stands alone', () => {});
`;
const HOOKS = `
import { before, describe, it } from 'node:test';
describe('a store', () => {
  before(() => { throw new Error('no disk'); });
  it('opens', () => {});
});
`;
const BROKEN = `throw new Error('cannot be loaded');`;
const OPEN = `
import { it } from 'node:test';
it('fails', () => { throw new Error('in the middle'); });
setInterval(() => {}, 1000);
`;
/** Fails in its first run, and not when the file beside it is there. */
const UNSTABLE = `
import { it } from 'node:test';
import { existsSync, writeFileSync } from 'node:fs';
it('holds', () => {});
it('is lucky', () => {
  const trace = import.meta.filename + '.trace';
  if (existsSync(trace)) return;
  writeFileSync(trace, '');
  throw new Error('too early');
});
`;
const SKIPPED = `
import { it } from 'node:test';
it('needs Gitea', { skip: 'Gitea is not built' }, () => {});
`;

describe('the test runner', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nautes-runner-'));
    const files = {
      'name.contract.ts': CONTRACT,
      'failing.test.ts': FAILING,
      'hooks.test.ts': HOOKS,
      'broken.test.ts': BROKEN,
      'open.test.ts': OPEN,
      'skipped.test.ts': SKIPPED,
      'unstable.test.ts': UNSTABLE,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  });
  after(() => rm(folder, { recursive: true }));

  const shown = (name: string): string => relative(root, join(folder, name));

  async function runTests(...args: readonly string[]): Promise<{ code: number; lines: readonly string[] }> {
    // Node refuses to run tests from within a test that it runs itself.
    const { NODE_TEST_CONTEXT: _, NAUTES_TEST_REAL: __, ...environment } = process.env;
    const runner = join(root, 'tools/test/run.ts');
    const { code, stdout } = await run(process.execPath, [runner, ...args], { environment });
    return { code, lines: stdout.toString().trimEnd().split('\n') };
  }

  it('names a failure by test file, suites and test, and gives its position', async () => {
    const { code, lines } = await runTests(join(folder, 'failing.test.ts'));
    assert.equal(code, 1);
    const title = `${shown('failing.test.ts')}: names › of clusters › is short`;
    assert.ok(lines.includes(`FAIL ${title}`), lines.join('\n'));
    const details = lines.slice(lines.indexOf(`--- ${title}`));
    assert.equal(details[1], `at ${shown('name.contract.ts')}:5`);
    assert.equal(details[2], 'Error: too long');
    assert.equal(lines.at(-1), '2 passed, 1 failed');
  });

  it('shows why a hook failed', async () => {
    const { lines } = await runTests(join(folder, 'hooks.test.ts'));
    assert.ok(lines.includes(`FAIL ${shown('hooks.test.ts')}: a store › opens`), lines.join('\n'));
    assert.ok(lines.includes('Error: no disk'), lines.join('\n'));
    assert.equal(lines.at(-1), '0 passed, 2 failed');
  });

  it('shows what a file printed that ends outside its tests', async () => {
    const { code, lines } = await runTests(join(folder, 'broken.test.ts'));
    assert.equal(code, 1);
    assert.ok(
      lines.some((line) => line.includes('Error: cannot be loaded')),
      lines.join('\n'),
    );
    assert.equal(lines.at(-1), '0 passed, 1 failed');
  });

  it('ends a file with open handles after its tests', async () => {
    const { lines } = await runTests(join(folder, 'open.test.ts'));
    assert.equal(lines.at(-1), '0 passed, 1 failed');
  });

  it('runs a failed file once more when that is asked for, counts that run, and lists the file', async () => {
    const { code, lines } = await runTests(join(folder, 'unstable.test.ts'), '--again');
    assert.equal(code, 0, lines.join('\n'));
    const title = `${shown('unstable.test.ts')}: is lucky`;
    assert.ok(lines.includes(`--- failed once, passed when its file ran again alone: ${title}`), lines.join('\n'));
    assert.ok(lines.includes('Error: too early'), lines.join('\n'));
    assert.deepEqual(lines.slice(-2), [`unstable: ${shown('unstable.test.ts')}`, '2 passed, 0 failed']);
  });

  it('counts a file that fails again, once', async () => {
    const { code, lines } = await runTests(join(folder, 'failing.test.ts'), '--again');
    assert.equal(code, 1);
    assert.equal(lines.filter((line) => line.startsWith('--- ')).length, 1, lines.join('\n'));
    assert.equal(lines.at(-1), '2 passed, 1 failed');
  });

  it('runs all files below a folder, and of them only tests whose name contains the text', async () => {
    await rm(join(folder, 'broken.test.ts'));
    const { code, lines } = await runTests(folder, '--name', 'of clusters › keeps (a+b');
    assert.equal(lines.at(-1), '1 passed, 0 failed');
    assert.equal(code, 0);
  });

  it('reports when no test has the name', async () => {
    const { code, lines } = await runTests(join(folder, 'failing.test.ts'), '--name', 'is tall');
    assert.deepEqual(lines.slice(-2), ['no test has that name', '0 passed, 0 failed']);
    assert.equal(code, 1);
  });

  it('gives the reason of skipped tests and counts them neither way', async () => {
    const { lines } = await runTests(join(folder, 'skipped.test.ts'));
    assert.deepEqual(lines.slice(-2), ['skipped 1: Gitea is not built', '0 passed, 0 failed']);
  });

  it('reports which of the given files is not a test', async () => {
    const { code, lines } = await runTests('tools/test/run.ts');
    assert.deepEqual(lines, ['tools/test/run.ts is not a test file (*.test.ts)']);
    assert.equal(code, 1);
  });
});
