import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { locateHelm, toolDirectory } from './helm.ts';

describe('locateHelm', () => {
  let directory: string;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-helm-test-'));
    environment = { XDG_CACHE_HOME: join(directory, 'cache'), PATH: `${join(directory, 'a')}:${join(directory, 'b')}` };
  });

  after(() => rm(directory, { recursive: true }));

  async function program(path: string, mode = 0o755): Promise<string> {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '');
    await chmod(path, mode);
    return path;
  }

  it('finds none when there is none', async () => {
    assert.equal(await locateHelm('', environment), undefined);
    assert.equal(await locateHelm(join(directory, 'nowhere'), environment), undefined);
  });

  it('finds the first of PATH that can be executed', async () => {
    await program(join(directory, 'a/helm'), 0o644);
    const helm = await program(join(directory, 'b/helm'));
    assert.equal(await locateHelm('', environment), helm);
  });

  it('prefers the one that `make setup` installs', async () => {
    const helm = await program(join(toolDirectory(environment), 'helm'));
    assert.equal(await locateHelm('', environment), helm);
  });

  it('uses the configured one and no other', async () => {
    const helm = await program(join(directory, 'my-helm'));
    assert.equal(await locateHelm(helm, environment), helm);
    assert.equal(await locateHelm(await program(join(directory, 'text'), 0o644), environment), undefined);
  });
});
