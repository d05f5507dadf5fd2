import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { run } from '../../src/base/programs/process.ts';
import { binariesIn, builtDirectory, goModules, requiredVersion } from './binaries.ts';

describe('building a control plane', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-build-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  it('reports that Go is missing, with a remedy', async () => {
    const result = await build({});
    assert.equal(result.code, 1);
    assert.match(result.output, /Go is not on the PATH\. Install Go 1\.26 or later .* or set KUBEBUILDER_ASSETS/);
  });

  it('reports that Go is too old, for every message of Go', async () => {
    await executable('go', 'echo go1.25.3');
    assert.match((await build({})).output, /Go is too old: go1\.25\.3\. Install Go 1\.26 or later/);
    await executable(
      'go',
      'echo "go: go.mod requires go >= 1.26.0 (running go 1.25.3; GOTOOLCHAIN=local)" >&2; exit 1',
    );
    assert.match((await build({})).output, /requires go >= 1\.26\.0 \(running go 1\.25\.3.*\nInstall Go 1\.26/);
  });

  it('shows the end of the compiler output, and leaves no partial build', async () => {
    await executable('go', '[ "$1" = env ] && { echo go1.27.1; exit; }; echo "no such host" >&2; exit 1');
    const result = await build({});
    assert.equal(result.code, 1);
    assert.match(result.output, /1\/5 etcd …\n.*go build failed:\nno such host/);
    assert.deepEqual(await readdir(join(directory, 'cache/nautes/controlplane')), []);
  });

  it('builds nothing when KUBEBUILDER_ASSETS names a folder with the programs', async () => {
    for (const name of ['etcd', 'kube-apiserver', 'kube-scheduler']) await executable(name, 'exit');
    const result = await build({ KUBEBUILDER_ASSETS: directory });
    assert.equal(result.code, 0);
    assert.match(result.output, /nothing to build/);
    const found = await binariesIn(directory);
    assert.equal(found?.scheduler, join(directory, 'kube-scheduler'));
    assert.deepEqual([found?.controllerManager, found?.kwok], [undefined, undefined]);
  });

  it('refuses a folder in KUBEBUILDER_ASSETS without the programs', async () => {
    await writeFile(join(directory, 'kube-apiserver'), 'not to be executed');
    await executable('etcd', 'exit');
    const result = await build({ KUBEBUILDER_ASSETS: directory });
    assert.equal(result.code, 1);
    assert.match(result.output, /has no kube-apiserver and etcd/);
  });

  it('names its folder by version and platform', async () => {
    assert.match(await requiredVersion(goModules.etcd, 'go.etcd.io/etcd/server/v3'), /^v3\.\d+\.\d+$/);
    assert.match(await builtDirectory(), /controlplane\/v1\.\d+\.\d+-\w+-\w+-[0-9a-f]{12}$/);
    await assert.rejects(requiredVersion(goModules.etcd, 'example.test/unknown'), /does not require/);
  });

  /** Runs the build with nothing but this folder on the PATH and as the user's cache. */
  async function build(environment: Record<string, string>): Promise<{ code: number; output: string }> {
    const result = await run(process.execPath, [join(import.meta.dirname, 'build.ts')], {
      environment: { PATH: directory, XDG_CACHE_HOME: join(directory, 'cache'), ...environment },
    });
    return { code: result.code, output: result.stdout.toString() + result.stderr };
  }

  async function executable(name: string, script: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
});
