import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { readBoundedFile, readBoundedFileSync } from './bounded-file.ts';
import { readFileIfPresent } from './files.ts';

const skip = process.platform === 'win32' ? 'there are no FIFOs and devices' : false;
let directory = '';
const at = (name: string): string => join(directory, name);

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-bounded-'));
  await writeFile(at('file'), 'ten bytes.');
  await symlink('file', at('link'));
  await mkdir(at('directory'));
  if (skip === false) await promisify(execFile)('mkfifo', [at('fifo')]);
});
after(() => rm(directory, { recursive: true }));

/** The ways to read a file of the configuration or of the data directory. */
const READERS: Readonly<Record<string, (path: string, maximum: number) => Promise<Buffer | undefined>>> = {
  readBoundedFile: (path, maximum) => readBoundedFile(path, maximum),
  readBoundedFileSync: async (path, maximum) => readBoundedFileSync(path, maximum),
  readFileIfPresent,
};

for (const [name, read] of Object.entries(READERS)) {
  describe(name, { skip }, () => {
    it('reads a file up to its limit, also through a link', async () => {
      for (const file of ['file', 'link']) assert.equal((await read(at(file), 10))?.toString(), 'ten bytes.');
      await assert.rejects(read(at('file'), 9), { name: 'FileTooLarge', maximumBytes: 9 });
    });

    it('reads no directory, no FIFO without waiting for its writer, and no device without an end', async () => {
      await assert.rejects(read(at('directory'), 10), { code: 'EISDIR' });
      for (const path of [at('fifo'), '/dev/zero', '/dev/null', '/dev/tty']) {
        await assert.rejects(read(path, 10), (error: NodeJS.ErrnoException) =>
          ['EFTYPE', 'ENXIO', 'EACCES'].includes(error.code ?? ''),
        );
      }
    });

    it('reads a file without a size within the limit', { skip: process.platform !== 'linux' }, async () => {
      assert.match((await read('/proc/self/status', 100_000))?.toString() ?? '', /^Name:/);
      await assert.rejects(read('/proc/self/status', 10), { name: 'FileTooLarge' });
    });
  });
}

describe('readBoundedFile where pipes are allowed', { skip }, () => {
  it('reads a pipe until it is closed, and none without an end', async () => {
    const reading = readBoundedFile(at('fifo'), 100, { pipes: true });
    await writeFile(at('fifo'), 'from a pipe');
    assert.equal((await reading).toString(), 'from a pipe');
    await assert.rejects(readBoundedFile('/dev/zero', 100_000, { pipes: true }), { name: 'FileTooLarge' });
    await assert.rejects(readBoundedFile(at('directory'), 100, { pipes: true }), { code: 'EISDIR' });
  });
});
