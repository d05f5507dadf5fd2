import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  checkDirectoryWritable,
  createFileOnce,
  makePrivateDirectory,
  removeAbandonedFiles,
  replaceFiles,
} from './files.ts';

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

describe('replaceFiles', () => {
  it('leaves nothing behind when one of the files cannot be written', async () => {
    const place = await emptyPlace('replaced');
    const files = [
      { path: join(place, 'a'), content: 'new' },
      { path: join(place, 'missing/b'), content: 'new' },
    ];
    await writeFile(join(place, 'a'), 'old');
    await assert.rejects(replaceFiles(files), { code: 'ENOENT' });
    assert.deepEqual(await readdir(place), ['a']);
    assert.equal(await readFile(join(place, 'a'), 'utf8'), 'old');
  });
});

describe('createFileOnce', () => {
  it('has one winner among many, whose content is whole', async () => {
    const place = await emptyPlace('once');
    const path = join(place, 'file');
    const contents = Array.from({ length: 10 }, (_, index) => String(index).repeat(10_000));
    const won = await Promise.all(contents.map((content) => createFileOnce(path, content)));
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(await readFile(path, 'utf8'), contents[won.indexOf(true)]);
    assert.deepEqual(await readdir(place), ['file']);
  });
});

describe('removeAbandonedFiles', () => {
  it('removes temporary files that are old enough and nothing else', async () => {
    const place = await emptyPlace('abandoned');
    await mkdir(join(place, 'directory.tmp'));
    for (const name of ['old.tmp', 'new.tmp', 'old']) await writeFile(join(place, name), '');
    const old = new Date(Date.now() - 3_600_000);
    for (const name of ['old.tmp', 'directory.tmp', 'old']) await utimes(join(place, name), old, old);
    await removeAbandonedFiles(place, 60_000);
    assert.deepEqual((await readdir(place)).toSorted(), ['directory.tmp', 'new.tmp', 'old']);
    await removeAbandonedFiles(join(place, 'missing'), 60_000);
  });
});

describe('checkDirectoryWritable', () => {
  it('leaves nothing behind, and fails where no directory is', async () => {
    const place = await emptyPlace('probed');
    await checkDirectoryWritable(place);
    assert.deepEqual(await readdir(place), []);
    await assert.rejects(checkDirectoryWritable(join(place, 'missing')), { code: 'ENOENT' });
  });
});

async function emptyPlace(name: string): Promise<string> {
  const place = join(directory, name);
  await mkdir(place);
  return place;
}
