import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileDigest } from './archive.ts';
import { makePackages } from './package.ts';

it('the packages of the server are the same bytes when they are made once more', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-package-test-'));
  try {
    const first = await makePackages(join(directory, 'one'), { withRuntime: false, level: 1 });
    const second = await makePackages(join(directory, 'two'), { withRuntime: false, level: 1 });
    assert.equal(await fileDigest(second.archive), await fileDigest(first.archive));
    assert.equal(await fileDigest(second.npm), await fileDigest(first.npm));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
