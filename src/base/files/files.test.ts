import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { makePrivateDirectory } from './files.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-files-'));
after(() => rm(directory, { recursive: true }));

describe('makePrivateDirectory', () => {
  it('creates every missing directory for its owner only, and accepts an existing one', async () => {
    const path = join(directory, 'a/b/c');
    await Promise.all([makePrivateDirectory(path), makePrivateDirectory(path)]);
    await makePrivateDirectory(path);
    assert.equal((await stat(path)).mode & 0o777, 0o700);
  });

  it('fails when the path is a file', async () => {
    await writeFile(join(directory, 'file'), '');
    await assert.rejects(makePrivateDirectory(join(directory, 'file')), { code: 'EEXIST' });
    await assert.rejects(makePrivateDirectory(join(directory, 'file/x')), { code: 'ENOTDIR' });
  });

  it('fails where no directory can be created', {
    skip: process.platform === 'linux' ? false : 'Linux has /proc',
  }, async () => {
    await assert.rejects(makePrivateDirectory('/proc/nautes'));
    await assert.rejects(makePrivateDirectory('/proc/nautes/data'));
  });
});
