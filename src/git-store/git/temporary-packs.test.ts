import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Git } from './git.ts';
import { PackBuilder } from './pack.ts';
import { PackWriters } from './temporary-packs.ts';

describe('packs that are not complete', () => {
  let git: Git;
  let packs = '';
  before(async () => {
    git = new Git(await mkdtemp(join(tmpdir(), 'nautes-packs-')));
    packs = join(git.directory, 'objects', 'pack');
    await git.output(['init', '--quiet', '--bare']);
  });
  after(() => rm(git.directory, { recursive: true }));

  function somePack(): Buffer {
    const builder = new PackBuilder();
    builder.add('blob', Buffer.alloc(10_000, 'some text '));
    return builder.finish().pack;
  }

  it('are left by git itself when it cannot read all of one', async () => {
    const { code } = await git.run(['index-pack', '--stdin'], { input: somePack().subarray(0, -30) });
    assert.notEqual(code, 0);
    assert.match((await readdir(packs)).join(), /^tmp_pack_\w+$/);
  });

  it('are removed after a run that fails', async () => {
    await git.runPacking(['index-pack', '--stdin'], { input: somePack().subarray(0, -30) });
    assert.deepEqual(await readdir(packs), []);
  });

  it('are removed when the last of the runs at the same time has ended', async () => {
    const writers = new PackWriters(git.directory);
    const other = Promise.withResolvers<boolean>();
    const running = writers.run(() => other.promise, Boolean);
    await writers.run(async () => {
      await git.run(['index-pack', '--stdin'], { input: somePack().subarray(0, -30) });
      return false;
    }, Boolean);
    assert.equal((await readdir(packs)).length, 1, 'it may belong to the other run');
    other.resolve(true);
    await running;
    assert.deepEqual(await readdir(packs), []);
  });
});
