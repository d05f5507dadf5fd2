import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { changedFiles, concernedTests, testsOfChanges } from './changed.ts';

describe('tests that a change concerns', () => {
  const importers = new Map([
    ['src/names.ts', ['src/names.test.ts', 'src/cluster.ts', 'test/end-to-end/guide.sandbox.test.ts']],
    ['src/cluster.ts', ['src/cluster.test.ts', 'src/names.ts', 'src/vault.real.test.ts']],
  ]);
  const files = [
    'src/cluster.test.ts',
    'src/names.test.ts',
    'src/other.test.ts',
    'src/vault.real.test.ts',
    'test/cli/wait.test.ts',
    'test/end-to-end/guide.sandbox.test.ts',
    'tools/docs/pages.test.ts',
  ];

  it('are those that import a changed file, the nearest first, without slow ones', () => {
    const { unit, long } = concernedTests(['src/names.ts'], importers, files);
    assert.deepEqual(unit, ['src/names.test.ts', 'src/cluster.test.ts']);
    assert.deepEqual(long, []);
  });

  it('include changed tests; slow ones are only listed', () => {
    const { unit, long } = concernedTests(['src/other.test.ts', 'test/cli/wait.test.ts'], importers, files);
    assert.deepEqual(unit, ['src/other.test.ts']);
    assert.deepEqual(long, ['test/cli/wait.test.ts']);
  });

  it('are the tests of the documentation when a page changed', () => {
    assert.deepEqual(concernedTests(['README.md'], importers, files).unit, ['tools/docs/pages.test.ts']);
  });
});

describe('changed files of a checkout', () => {
  let root = '';
  const git = async (...args: readonly string[]): Promise<void> => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    const { code, stderr } = await run('git', [...identity, ...args], { directory: root });
    assert.equal(code, 0, stderr);
  };
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'nautes-changed-'));
    await git('init', '--quiet', '--initial-branch=main');
    await write('src/a.ts', 'export const a = 1;\n');
    await write('src/b.ts', "export { a } from './a.ts';\n");
    await write('src/b.test.ts', "import './b.ts';\n");
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Begin');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are none on main after a commit that nothing follows', async () => {
    assert.deepEqual(await changedFiles(root), []);
  });

  it('are those committed since the branch left main, those edited and new ones', async () => {
    await git('checkout', '--quiet', '-b', 'work');
    await write('src/c.ts', 'export const c = 1;\n');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'Add c');
    await write('src/a.ts', 'export const a = 2;\n');
    await write('src/d.ts', 'export const d = 1;\n');
    assert.deepEqual(await changedFiles(root), ['src/a.ts', 'src/c.ts', 'src/d.ts']);
  });

  it('lead to the tests that import them, also through others', async () => {
    await write('src/a.ts', 'export const a = 2;\n');
    assert.deepEqual(await testsOfChanges(root, ['src/b.test.ts']), { unit: ['src/b.test.ts'], long: [] });
  });
});
