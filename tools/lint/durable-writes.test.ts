import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { durableWriteProblems } from './durable-writes.ts';

describe('writes past src/base/files', () => {
  const bare = "import { readFile, rename as move } from 'node:fs/promises';\n";

  it('are refused, also synchronous ones, under another name and through the whole module', () => {
    assert.deepEqual(durableWriteProblems('src/state/a.ts', bare), [
      'src/state/a.ts: imports rename; src/base/files writes files so that they last',
    ]);
    assert.equal(durableWriteProblems('src/cli/a.ts', "import { writeFileSync } from 'node:fs';\n").length, 1);
    assert.equal(durableWriteProblems('src/cli/a.ts', "import fs from 'node:fs';\n").length, 1);
    assert.equal(durableWriteProblems('src/cli/a.ts', "import * as fs from 'node:fs/promises';\n").length, 1);
  });

  it('are allowed in tests, and in a temporary directory of its own', () => {
    for (const file of ['src/state/a.test.ts', 'src/state/testing/a.ts', 'test/a.ts', 'src/base/files/files.ts']) {
      assert.deepEqual(durableWriteProblems(file, bare), [], file);
    }
    const temporary = "import { mkdtemp, writeFile } from 'node:fs/promises';\n";
    assert.deepEqual(durableWriteProblems('src/render/a.ts', temporary), []);
  });

  it('are not what only reads or removes', () => {
    const reading = "import { open, readdir, rm, type Stats } from 'node:fs/promises';\n";
    assert.deepEqual(durableWriteProblems('src/state/a.ts', reading), []);
  });
});
