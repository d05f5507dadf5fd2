import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { builtDirectory } from './binary.ts';

describe('building promtool', () => {
  it('reports that Go is missing, with a remedy', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-build-'));
    try {
      const { code, stdout } = await run(process.execPath, [join(import.meta.dirname, 'build.ts')], {
        environment: { PATH: directory, XDG_CACHE_HOME: directory },
      });
      assert.equal(code, 1);
      assert.match(stdout.toString(), /promtool: Go is not on the PATH\. Install Go 1\.26 or later/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('names its folder by version and platform', async () => {
    assert.match(await builtDirectory(), /promtool\/v0\.\d+\.\d+-\w+-\w+-[0-9a-f]{12}$/);
  });
});
