import assert from 'node:assert/strict';
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startSandboxHost } from '../../test/harness/management-host.ts';
import { sessionKeyFile, sharedSessionKey } from './session-key.ts';

import { tmpdir } from 'node:os';

const signal = new AbortController().signal;

describe('the key of sessions in a file', () => {
  it('is made once, for its owner alone, and stays', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'nautes-'));
    const file = join(directory.path, 'data', 'session.key');
    const made = await Promise.all([sessionKeyFile(file), sessionKeyFile(file)]);
    const [first, second, later] = [...made, await sessionKeyFile(file)].map((key) =>
      Buffer.from(key.reveal()).toString('hex'),
    );
    assert.equal(first, second);
    assert.equal(first, later);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('is not replaced when it cannot be read', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'nautes-'));
    const file = join(directory.path, 'session.key');
    await writeFile(file, 'short\n', { mode: 0o600 });
    await assert.rejects(sessionKeyFile(file), { reason: 'TokenStoreUnavailable' });
    await writeFile(file, 'A'.repeat(2000), { mode: 0o600 });
    await assert.rejects(sessionKeyFile(file), { reason: 'TokenStoreUnavailable' });
  });
});

describe('the key of sessions in a management cluster', () => {
  it('is the same for replicas that ask at once, and another in another namespace', async () => {
    const host = await startSandboxHost();
    try {
      const namespace = await host.newNamespace();
      const replicas = [await host.open(namespace), await host.open(namespace)];
      const keys = await Promise.all(replicas.map((cluster) => sharedSessionKey(cluster, signal)));
      const [one, two] = keys.map((key) => Buffer.from(key.reveal()).toString('hex'));
      assert.equal(one, two);
      const other = await sharedSessionKey(await host.open(await host.newNamespace()), signal);
      assert.notEqual(Buffer.from(other.reveal()).toString('hex'), one);
    } finally {
      await host.close();
    }
  });
});
