import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { builtDirectory } from './binary.ts';

describe('building Vault', () => {
  it('reports that Go is missing, with a remedy', async () => {
    const { code, output } = await build(undefined);
    assert.equal(code, 1);
    assert.match(output, /vault: Go is not on the PATH\. Install Go 1\.26 or later \(https:\/\/go\.dev\/dl\)\./);
  });

  it('shows the end of the compiler output, and leaves no partial build', async () => {
    const { code, output, left } = await build(
      '[ "$1" = env ] && { echo go1.27.1; exit; }; echo "no such host" >&2; exit 1',
    );
    assert.equal(code, 1);
    assert.match(output, /go build failed:\nno such host/);
    assert.deepEqual(left, []);
  });

  it('names its folder by version and platform', async () => {
    assert.match(await builtDirectory(), /vault\/v1\.15\.\d+-\w+-\w+-[0-9a-f]{12}$/);
  });
});

/** Runs the build with nothing but this Go on the PATH, and an empty cache. */
async function build(go: string | undefined): Promise<{ code: number; output: string; left: string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-build-'));
  try {
    if (go !== undefined) await writeFile(join(directory, 'go'), `#!/bin/sh\n${go}\n`, { mode: 0o755 });
    const result = await run(process.execPath, [join(import.meta.dirname, 'build.ts')], {
      environment: { PATH: directory, XDG_CACHE_HOME: join(directory, 'cache') },
    });
    const left = await readdir(join(directory, 'cache/nautes/vault'));
    return { code: result.code, output: result.stdout.toString() + result.stderr, left };
  } finally {
    await rm(directory, { recursive: true });
  }
}
