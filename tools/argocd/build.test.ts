import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { argoCdDirectory } from './binary.ts';

describe('building Argo CD', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-build-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function build(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
    const result = await run(process.execPath, [join(import.meta.dirname, 'build.ts'), ...args], {
      environment: { PATH: directory, HOME: directory, XDG_CACHE_HOME: join(directory, 'cache') },
    });
    return { code: result.code, output: result.stdout.toString() + result.stderr };
  }

  it('reports that Go is missing, with a remedy, and fails unless it is optional', async () => {
    const { code, output } = await build();
    assert.equal(code, 1);
    assert.match(output, /^Argo CD: Go is not on the PATH\. Install Go 1\.26 or later/);
    const optional = await build('--optional');
    assert.equal(optional.code, 0);
    assert.match(optional.output, /the tests that need it are skipped/);
  });

  it('names its folder by version and platform', async () => {
    assert.match(
      basename(await argoCdDirectory()),
      new RegExp(`^v3\\.5\\.7-${process.platform}-${process.arch}-[0-9a-f]{12}$`),
    );
  });
});
