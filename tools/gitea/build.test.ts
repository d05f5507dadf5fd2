import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { giteaDirectory } from './binary.ts';

describe('building Gitea', () => {
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

  async function executable(name: string, script: string): Promise<void> {
    await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(directory, name), 0o755);
  }

  it('reports that Go is missing, with a remedy, and fails unless it is optional', async () => {
    const { code, output } = await build();
    assert.equal(code, 1);
    assert.match(output, /^Gitea: Go is not on the PATH\. Install Go 1\.26 or later/);
    const optional = await build('--optional');
    assert.equal(optional.code, 0);
    assert.match(optional.output, /the tests that need it are skipped/);
  });

  it('reports that a C compiler is missing', async () => {
    await executable('go', 'echo go1.26.8');
    assert.match((await build()).output, /a C compiler is needed: install gcc/);
  });

  it('names its folder by version and platform', async () => {
    assert.match(
      basename(await giteaDirectory()),
      new RegExp(`^v1\\.26\\.0-${process.platform}-${process.arch}-[0-9a-f]{12}$`),
    );
  });
});
