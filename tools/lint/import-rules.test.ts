import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  circleProblems,
  directionProblems,
  folderProblems,
  type FolderOrder,
  type ImportTable,
  unusedPermissions,
  wallProblems,
} from './import-rules.ts';
import { type Import, importsOf } from './imports.ts';

function imported(...pairs: readonly (readonly [file: string, target: string])[]): Import[] {
  return pairs.map(([file, target]) => ({ file, target, isType: false }));
}

describe('imports of a file', () => {
  it('are read with their kind, without packages', () => {
    const text = [
      "import assert from 'node:assert';",
      "import type { A } from './a.ts';",
      "import {\n  type B,\n  b,\n} from '../b.ts';",
      "export { c } from './c/c.ts';",
      "import './d.ts';",
      "const e = await import('./e.ts');",
    ].join('\n');
    assert.deepEqual(
      importsOf('src/x/y.ts', text).map(({ target, isType }) => `${target} ${isType}`),
      ['src/x/a.ts true', 'src/b.ts false', 'src/x/c/c.ts false', 'src/x/d.ts false', 'src/x/e.ts false'],
    );
  });
});

describe('directions of parts', () => {
  const table: ImportTable = { 'src/low': [], 'src/high': ['src/low'], sandbox: [] };

  it('allow what the table gives and what is within a part', () => {
    const imports = imported(['src/high/a.ts', 'src/low/b.ts'], ['src/low/a.ts', 'src/low/b.ts']);
    assert.deepEqual(directionProblems(imports, table), []);
  });

  it('reject upward imports, a part without a row, and a folder of the table that is not in src', () => {
    const imports = imported(
      ['src/low/a.ts', 'src/high/b.ts'],
      ['src/new/a.ts', 'src/low/b.ts'],
      ['sandbox/a.ts', 'src/low/b.ts'],
    );
    assert.deepEqual(directionProblems(imports, table), [
      'src/low/a.ts: src/low must not import src/high (src/high/b.ts)',
      'src/new/a.ts: src/new must not import src/low (src/low/b.ts)',
      'sandbox/a.ts: sandbox must not import src/low (src/low/b.ts)',
    ]);
  });

  it('let tests use the sandbox and the tools, and folders about the whole use everything', () => {
    const imports = imported(['src/low/a.test.ts', 'sandbox/index.ts'], ['bench/a.ts', 'src/high/b.ts']);
    assert.deepEqual(directionProblems(imports, table), []);
  });

  it('name permissions that nothing uses', () => {
    assert.deepEqual(unusedPermissions([], table), ['src/high imports nothing of src/low: take it out of the table']);
    assert.deepEqual(unusedPermissions(imported(['src/high/a.ts', 'src/low/b.ts']), table), []);
  });
});

describe('the order of folders', () => {
  const order: FolderOrder = { 'src/p': ['low', ['left', 'right'], 'high', '.'], 'src/q': ['low'] };

  it('allows downward imports, also from deeper folders', () => {
    const imports = imported(
      ['src/p/high/deep/a.ts', 'src/p/low/b.ts'],
      ['src/p/a.ts', 'src/p/high/b.ts'],
      ['src/p/left/a.ts', 'src/p/low/deep/b.ts'],
    );
    assert.deepEqual(folderProblems(imports, order), []);
  });

  it('rejects upward imports, and those between folders of one level', () => {
    const imports = imported(
      ['src/p/low/a.ts', 'src/p/high/b.ts'],
      ['src/p/left/a.ts', 'src/p/right/b.ts'],
      ['src/p/high/a.ts', 'src/p/b.ts'],
    );
    assert.deepEqual(folderProblems(imports, order), [
      'src/p/low/a.ts: in src/p, low must not import high (src/p/high/b.ts)',
      'src/p/left/a.ts: in src/p, left must not import right (src/p/right/b.ts)',
      'src/p/high/a.ts: in src/p, high must not import . (src/p/b.ts)',
    ]);
  });

  it('requires every folder in the table, and exempts files of the folder itself without a level', () => {
    assert.deepEqual(folderProblems(imported(['src/q/low/a.ts', 'src/q/b.ts']), order), []);
    assert.deepEqual(
      folderProblems(imported(['src/q/new/a.ts', 'src/q/low/b.ts'], ['src/r/x/a.ts', 'src/r/b.ts']), order),
      [
        'src/q/new/a.ts: new is missing in the order of the folders of src/q',
        'src/r/x/a.ts: the order of the folders of src/r is missing in the table',
      ],
    );
  });

  it('binds neither tests nor an index', () => {
    const imports = imported(['src/p/low/a.test.ts', 'src/p/high/b.ts'], ['src/p/index.ts', 'src/p/high/b.ts']);
    assert.deepEqual(folderProblems(imports, order), []);
  });
});

describe('the wall of a folder', () => {
  const files = ['src/p/index.ts', 'src/p/a.ts', 'src/p/in/b.ts', 'src/q/in/index.ts', 'src/q/in/a.ts', 'src/q/c.ts'];

  it('is passed through its index only, from wherever it is', () => {
    const imports = imported(
      ['src/q/c.ts', 'src/p/index.ts'],
      ['src/q/c.ts', 'src/p/in/b.ts'],
      ['src/q/c.ts', 'src/q/in/a.ts'],
      ['sandbox/x.ts', 'src/p/a.ts'],
    );
    assert.deepEqual(wallProblems(imports, files), [
      'src/q/c.ts: src/p/in/b.ts is behind src/p/index.ts',
      'src/q/c.ts: src/q/in/a.ts is behind src/q/in/index.ts',
      'sandbox/x.ts: src/p/a.ts is behind src/p/index.ts',
    ]);
  });

  it('is none from inside, for tests, and around a folder without an index', () => {
    const imports = imported(
      ['src/p/a.ts', 'src/p/in/b.ts'],
      ['src/q/c.test.ts', 'src/p/a.ts'],
      ['src/p/a.ts', 'src/q/c.ts'],
    );
    assert.deepEqual(wallProblems(imports, files), []);
  });
});

describe('circles', () => {
  it('are shown once, with the shortest way round, also when they are of types only', () => {
    const types = imported(
      ['b.ts', 'c.ts'],
      ['c.ts', 'b.ts'],
      ['a.ts', 'b.ts'],
      ['c.ts', 'd.ts'],
      ['d.ts', 'b.ts'],
    ).map((one) => ({ ...one, isType: true }));
    assert.deepEqual(circleProblems(types)[0], 'circle of imports: b.ts -> c.ts -> b.ts');
  });

  it('are not what meets again', () => {
    const imports = imported(['a.ts', 'b.ts'], ['a.ts', 'c.ts'], ['b.ts', 'd.ts'], ['c.ts', 'd.ts']);
    assert.deepEqual(circleProblems(imports), []);
  });
});
