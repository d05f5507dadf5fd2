import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadConfiguration } from '../configuration/load.ts';
import { exposedFiles } from './file-trust.ts';

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nautes-file-trust-'));
});
after(() => rm(directory, { recursive: true }));

async function fileOf(name: string, mode: number, content = 'x'): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  await chmod(path, mode);
  return path;
}

async function problems(modes: { readonly configuration: number; readonly token: number }, own?: number) {
  const tokenFile = await fileOf('token', modes.token);
  const file = await fileOf('nautes.yaml', modes.configuration, `git:\n  tokenFile: ${tokenFile}\n`);
  const configuration = await loadConfiguration({ file, environment: {} });
  return (await exposedFiles(configuration, file, own)).map(({ key, problem }) => `${key} ${problem}`);
}

describe('files of the configuration', () => {
  it('are sound when others can at most read what is no secret', async () => {
    assert.deepEqual(await problems({ configuration: 0o644, token: 0o600 }), []);
    assert.deepEqual(await problems({ configuration: 0o644, token: 0o640 }), []);
  });

  it('are told when others can change them, or read a secret', async () => {
    const told = ['configuration writable', 'git.tokenFile readable'];
    assert.deepEqual(await problems({ configuration: 0o666, token: 0o644 }), told);
    assert.deepEqual(await problems({ configuration: 0o600, token: 0o602 }), ['git.tokenFile writable']);
  });

  it('are told when they belong to another user, unless that is root', async () => {
    const isRoot = process.getuid?.() === 0;
    const told = isRoot ? [] : ['configuration foreign', 'git.tokenFile foreign'];
    assert.deepEqual(await problems({ configuration: 0o600, token: 0o600 }, 4_711), told);
  });
});
