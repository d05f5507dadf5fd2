import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { builtDirectory } from './binary.ts';

describe('building the inventory client', () => {
  it('reports that Go is missing, with a remedy, and fails unless it is optional', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-build-'));
    const build = (...args: string[]) =>
      run(process.execPath, [join(import.meta.dirname, 'build.ts'), ...args], {
        environment: { PATH: directory, HOME: directory, XDG_CACHE_HOME: join(directory, 'cache') },
      });
    try {
      const failed = await build();
      assert.equal(failed.code, 1);
      assert.match(failed.stdout.toString(), /^inventory client: Go is not on the PATH\. Install Go 1\.26 or later/);
      assert.equal((await build('--optional')).code, 0);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('names its folder by version and platform', async () => {
    assert.match(
      basename(await builtDirectory()),
      new RegExp(`^v0\\.1\\.2-${process.platform}-${process.arch}-[0-9a-f]{12}$`),
    );
  });
});
