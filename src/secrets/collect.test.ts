import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { type CredentialRoots, collectable, collectCredentials } from './collect.ts';
import { SealedFileSecretStore } from './sealed/sealed-file-secret-store.ts';
import { SealingKey } from './sealed/sealing-key.ts';
import { credentialOf, newScope } from './secret-store.contract.ts';
import type { StoredVersion } from './secret-store.ts';

const HOUR = 60 * 60 * 1000;
const NOW = Date.parse('2030-01-01T12:00:00Z');
const living = { cluster: 'a', incarnation: 'one' };

function stored(version: string, changes: Partial<StoredVersion> & { ageHours?: number } = {}): StoredVersion {
  const { ageHours = 48, ...rest } = changes;
  return { scope: living, version, active: false, storedAt: new Date(NOW - ageHours * HOUR).toISOString(), ...rest };
}

function collect(versions: readonly StoredVersion[], roots: Partial<CredentialRoots>) {
  const found = collectable(versions, { registrations: [], versions: [], ...roots }, NOW, 24 * HOUR);
  return { versions: found.versions.map((each) => each.version), registrations: found.registrations };
}

describe('unreferenced credentials', () => {
  it('are old versions without a reference', () => {
    const versions = [
      stored('active', { active: true }),
      stored('named'),
      stored('unnamed'),
      stored('new', { ageHours: 1 }),
    ];
    const roots = { registrations: [living], versions: [{ ...living, version: 'named' }] };
    assert.deepEqual(collect(versions, roots), { versions: ['unnamed'], registrations: [] });
  });

  it('include the active version of a registration that is gone', () => {
    const gone = { cluster: 'a', incarnation: 'gone' };
    const versions = [stored('x', { scope: gone, active: true }), stored('y', { scope: gone }), stored('z')];
    assert.deepEqual(collect(versions, { registrations: [living] }), { versions: ['z'], registrations: [gone] });
  });

  it('do not include a registration with a recent version', () => {
    const versions = [stored('x'), stored('y', { ageHours: 23 })];
    assert.deepEqual(collect(versions, {}), { versions: [], registrations: [] });
  });

  it('do not include a registration with a referenced version', () => {
    const versions = [stored('x', { active: true }), stored('y')];
    assert.deepEqual(collect(versions, { versions: [{ ...living, version: 'y' }] }), {
      versions: [],
      registrations: [],
    });
  });

  it('distinguish registrations of the same name or version', () => {
    const other = { cluster: 'a', incarnation: 'two' };
    const roots = { registrations: [living, other], versions: [{ ...other, version: 'x' }] };
    assert.deepEqual(collect([stored('x'), stored('x', { scope: other })], roots).versions, ['x']);
  });

  it('are collected exactly at the age limit', () => {
    const roots = { registrations: [living] };
    assert.deepEqual(collect([stored('x', { ageHours: 24 })], roots).versions, ['x']);
    assert.deepEqual(collect([stored('x', { ageHours: 23.999 })], roots).versions, []);
  });
});

describe('garbage collection of credentials', () => {
  it('removes unreferenced versions, and keeps one that is staged again in the meantime', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-collect-'));
    const signal = new AbortController().signal;
    let now = NOW;
    const clock = { now: () => now };
    const keys = [new SealingKey(new Secret(Buffer.alloc(32, 1)))] as const;
    const store = await SealedFileSecretStore.open({ directory, keys, keySource: 'the test', clock });
    try {
      const [kept, gone] = [newScope(), newScope()];
      const named = await store.stage(credentialOf(kept), signal);
      const unnamed = await store.stage(credentialOf(kept, { origin: 'issued' }), signal);
      const again = await store.stage(
        credentialOf(kept, { binding: { ...kept, server: 'x', certificateAuthority: '' } }),
        signal,
      );
      await store.activate(gone, await store.stage(credentialOf(gone), signal), undefined, signal);
      now += 48 * HOUR;
      const rootsNow = async (): Promise<CredentialRoots> => {
        await store.stage(credentialOf(kept, { binding: { ...kept, server: 'x', certificateAuthority: '' } }), signal);
        return { registrations: [kept], versions: [{ ...kept, version: named }] };
      };
      const found = await collectCredentials(store, rootsNow, { clock, ageMilliseconds: 24 * HOUR, signal });
      assert.deepEqual(found.registrations, [gone]);
      assert.deepEqual(found.versions.map((each) => each.version).toSorted(), [unnamed, again].toSorted());
      const left = (await store.list(signal)).map((each) => each.version);
      assert.deepEqual(left.toSorted(), [named, again].toSorted());
    } finally {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});
