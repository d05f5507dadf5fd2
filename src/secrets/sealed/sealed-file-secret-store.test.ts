import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Secret } from '../../base/secret.ts';
import type { CredentialMaterial, CredentialScope } from '../../resources/credential.ts';
import { SealedFileSecretStore } from './sealed-file-secret-store.ts';
import { SealingKey, type SealingKeys } from './sealing-key.ts';
import { credentialOf, describeSecretStoreContract, newScope } from '../secret-store.contract.ts';

const signal = new AbortController().signal;

function newKey(): SealingKey {
  return new SealingKey(new Secret(randomBytes(32)));
}

async function newDirectory(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'nautes-secrets-')), 'secrets');
}

async function withDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await newDirectory();
  try {
    await test(directory);
  } finally {
    await rm(dirname(directory), { recursive: true, force: true });
  }
}

function open(directory: string, keys: SealingKeys): Promise<SealedFileSecretStore> {
  return SealedFileSecretStore.open({ directory, keys, keySource: 'the test' });
}

function sealedFile(directory: string, scope: CredentialScope, version: string): string {
  return join(directory, scope.cluster, scope.incarnation, `${version}.sealed`);
}

describeSecretStoreContract('SealedFileSecretStore', async () => {
  const directory = await newDirectory();
  const keys: SealingKeys = [newKey()];
  return {
    open: () => open(directory, keys),
    cleanUp: () => rm(dirname(directory), { recursive: true, force: true }),
  };
});

describe('SealedFileSecretStore', () => {
  it('writes no plain text and nothing that other users may read', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const canary = 'canary-5f0c9c';
      const scope = newScope();
      const materials: readonly CredentialMaterial[] = [
        { kind: 'token', token: canary },
        { kind: 'clientCertificate', certificate: canary, privateKey: canary },
        { kind: 'basic', username: canary, password: canary },
      ];
      for (const material of materials) {
        const version = await store.stage(credentialOf(scope, { material: new Secret(material) }), signal);
        await store.activate(scope, version, (await store.active(scope, signal))?.revision, signal);
      }
      const names = await readdir(directory, { recursive: true });
      assert.equal(names.filter((name) => name.endsWith('.sealed')).length, 3);
      for (const name of names) {
        const found = await stat(join(directory, name));
        assert.equal(found.mode & 0o077, 0, name);
        assert.doesNotMatch(name, /tmp$/);
        if (!found.isFile()) continue;
        const bytes = await readFile(join(directory, name));
        assert.ok(!bytes.includes(canary), name);
        assert.ok(!bytes.includes(Buffer.from(canary).toString('base64').slice(0, 12)), name);
      }
      await store.close();
    }));

  it('does not open a file that was moved to another registration or version', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const [from, to, other] = [newScope('a'), newScope('a'), newScope('b')];
      const version = await store.stage(credentialOf(from), signal);
      const anotherVersion = await store.stage(credentialOf(from, { origin: 'issued' }), signal);
      for (const scope of [to, other]) {
        await mkdir(dirname(sealedFile(directory, scope, version)), { recursive: true });
        await cp(sealedFile(directory, from, version), sealedFile(directory, scope, version));
        await assert.rejects(store.read(scope, version, signal), { reason: 'CredentialUnreadable' });
      }
      await cp(sealedFile(directory, from, version), sealedFile(directory, from, anotherVersion));
      await assert.rejects(store.read(from, anotherVersion, signal), { reason: 'CredentialUnreadable' });
      await store.close();
    }));

  it('repairs a damaged file when the same credential is staged again', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      const damages: readonly Buffer[] = [
        Buffer.alloc(0),
        Buffer.from('x'),
        Buffer.alloc(200),
        Buffer.alloc(3_000_000),
      ];
      for (const damage of damages) {
        await writeFile(sealedFile(directory, scope, version), damage);
        await assert.rejects(store.read(scope, version, signal), { reason: 'CredentialUnreadable' });
        assert.equal(await store.stage(credentialOf(scope), signal), version);
        await store.read(scope, version, signal);
      }
      await store.close();
    }));

  it('names a damaged active pointer and lets an activation without expectation replace it', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      for (const damage of ['', '{', 'null', '[]', '{"version":"../x","revision":"1"}', 'x'.repeat(5000)]) {
        await writeFile(join(directory, scope.cluster, scope.incarnation, 'active'), damage);
        await assert.rejects(store.active(scope, signal), { reason: 'CredentialUnreadable' });
        assert.equal((await store.list(signal))[0]?.active, false);
        const pointer = await store.activate(scope, version, undefined, signal);
        assert.deepEqual(await store.active(scope, signal), pointer);
      }
      await store.close();
    }));

  it('does not open with another key than the sealing one', () =>
    withDirectory(async (directory) => {
      const first = newKey();
      const store = await open(directory, [first]);
      await store.stage(credentialOf(newScope()), signal);
      await store.close();
      await assert.rejects(open(directory, [newKey()]), (error: Error & { reason?: string }) => {
        assert.equal(error.reason, 'SealingKeyUnknown');
        assert.match(error.message, new RegExp(first.id));
        return true;
      });
    }));

  it('opens with every key, seals with the first, and needs only the first after resealing', () =>
    withDirectory(async (directory) => {
      const [before, after] = [newKey(), newKey()];
      const scope = newScope();
      const withOld = await open(directory, [before]);
      const version = await withOld.stage(credentialOf(scope), signal);
      const pointer = await withOld.activate(scope, version, undefined, signal);
      await withOld.close();

      const withBoth = await open(directory, [after, before]);
      await withBoth.read(scope, version, signal);
      assert.equal(await withBoth.stage(credentialOf(scope), signal), version, 'a repeated save changes nothing');
      const listed = await withBoth.list(signal);
      assert.equal(await withBoth.reseal(signal), 1);
      assert.equal(await withBoth.reseal(signal), 0);
      assert.deepEqual(await withBoth.list(signal), listed);
      await withBoth.close();

      const withNew = await open(directory, [after]);
      assert.deepEqual((await withNew.read(scope, version, signal)).binding, credentialOf(scope).binding);
      assert.deepEqual(await withNew.active(scope, signal), pointer);
      await withNew.close();
    }));

  it('ignores foreign files and removes those of interrupted writes', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const scope = newScope();
      const version = await store.stage(credentialOf(scope), signal);
      const own = dirname(sealedFile(directory, scope, version));
      const abandoned = join(own, `${version}.sealed.0123456789ab.tmp`);
      const fresh = join(own, `${version}.sealed.ba9876543210.tmp`);
      const foreign = join(directory, 'lost+found');
      for (const path of [abandoned, fresh, foreign]) await writeFile(path, 'x');
      await utimes(abandoned, new Date(0), new Date(0));
      assert.deepEqual(
        (await store.list(signal)).map((each) => each.version),
        [version],
      );
      await assert.rejects(stat(abandoned), { code: 'ENOENT' });
      await stat(fresh);
      await stat(foreign);
      await store.close();
    }));

  it('leaves no directory behind when the last registration of a name is removed', () =>
    withDirectory(async (directory) => {
      const store = await open(directory, [newKey()]);
      const scope = newScope();
      await store.stage(credentialOf(scope), signal);
      await store.removeAll(scope, signal);
      assert.deepEqual(await readdir(directory), []);
      await store.close();
    }));

  it('reports the store unavailable when the file system fails', () =>
    withDirectory(async (directory) => {
      await mkdir(dirname(directory), { recursive: true });
      await writeFile(directory, 'a file in its place');
      await assert.rejects(open(directory, [newKey()]), { reason: 'SecretStoreUnavailable' });
    }));

  it('has every acknowledged write after SIGKILL, and nothing that does not open', () =>
    withDirectory(async (directory) => {
      const scope = newScope();
      const printed = await versionsOfKilledWriter(directory, scope, 20);
      const store = await open(directory, [new SealingKey(new Secret(Buffer.alloc(32, 9)))]);
      const stored = await store.list(signal);
      for (const version of printed) assert.ok(stored.some((each) => each.version === version));
      for (const { version } of stored) await store.read(scope, version, signal);
      const active = await store.active(scope, signal);
      assert.ok(active !== undefined && stored.some((each) => each.version === active.version));
      await store.close();
    }));
});

const WRITER = `
  const [, contract, store, key, secret, directory, scope] = process.argv;
  const { credentialOf } = await import(contract);
  const { SealedFileSecretStore } = await import(store);
  const { SealingKey } = await import(key);
  const { Secret } = await import(secret);
  const keys = [new SealingKey(new Secret(Buffer.alloc(32, 9)))];
  const opened = await SealedFileSecretStore.open({ directory, keys, keySource: 'the test' });
  const { signal } = new AbortController();
  for (let count = 0, revision; ; count += 1) {
    const material = new Secret({ kind: 'token', token: String(count) });
    const version = await opened.stage(credentialOf(JSON.parse(scope), { material }), signal);
    ({ revision } = await opened.activate(JSON.parse(scope), version, revision, signal));
    process.stdout.write(version + '\\n');
  }
`;

/** Versions that another process acknowledged as stored and activated before it is killed. */
async function versionsOfKilledWriter(directory: string, scope: CredentialScope, count: number): Promise<string[]> {
  const modules = [
    '../secret-store.contract.ts',
    './sealed-file-secret-store.ts',
    './sealing-key.ts',
    '../../base/secret.ts',
  ].map((path) => new URL(path, import.meta.url).href);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', WRITER, '--', ...modules, directory, JSON.stringify(scope)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const lines = output.split('\n').slice(0, -1);
  assert.ok(lines.length >= count);
  return lines;
}
