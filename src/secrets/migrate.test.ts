import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { administeredDouble } from '../../test/doubles/vault/administered.ts';
import type { VaultDouble } from '../../test/doubles/vault/vault-double.ts';
import { Secret } from '../base/secret.ts';
import type { CredentialScope } from '../resources/credential.ts';
import { migrateCredentials } from './migrate.ts';
import { SealedFileSecretStore } from './sealed/sealed-file-secret-store.ts';
import { SealingKey } from './sealed/sealing-key.ts';
import { credentialOf, newScope } from './secret-store.contract.ts';
import type { SecretStore } from './secret-store.ts';
import { credentialWith, publishedToken } from './vault/vault-store.contract.ts';
import type { VaultSecretStore } from './vault/vault-secret-store.ts';
import { VaultStoreFixture } from './vault/vault-store.fixture.contract.ts';

const signal = new AbortController().signal;
const key = new SealingKey(new Secret(Buffer.alloc(32, 5)));

describe('migration between secret stores', () => {
  let directory: string;
  let fixture: VaultStoreFixture;
  let double: VaultDouble;
  let sealed: SealedFileSecretStore;
  let vault: VaultSecretStore;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-migrate-'));
    const administered = await administeredDouble();
    ({ double } = administered);
    fixture = await VaultStoreFixture.create(administered);
    sealed = await SealedFileSecretStore.open({
      directory: join(directory, 'secrets'),
      keys: [key],
      keySource: 'test',
    });
    vault = await fixture.open({ versionKey: key.versionKey });
  });
  afterEach(async () => {
    await sealed.close();
    await vault.close();
    await fixture.cleanUp();
    await rm(directory, { recursive: true });
  });

  /** Two registrations: one with an active and a staged credential, one that is only staged. */
  async function fill(store: SecretStore): Promise<readonly [CredentialScope, CredentialScope]> {
    const [used, staged] = [newScope('a'), newScope('b')];
    const active = await store.stage(credentialWith('active', used), signal);
    await store.activate(used, active, undefined, signal);
    await store.stage(credentialWith('staged', used), signal);
    await store.stage(credentialOf(staged, { expiresAt: '', uploadedVersion: 'x' }), signal);
    return [used, staged];
  }

  async function contentOf(store: SecretStore): Promise<unknown> {
    const listed = (await store.list(signal)).toSorted((left, right) => left.version.localeCompare(right.version));
    return Promise.all(
      listed.map(async ({ scope, version, active }) => {
        const { material, ...rest } = await store.read(scope, version, signal);
        return { version, active, rest, material: material.reveal() };
      }),
    );
  }

  const migrate = (from: SecretStore, to: SecretStore) => migrateCredentials(from, to, { signal });

  it('copies everything to Vault under the same names, keeps active versions active and does not change the old store', async () => {
    const [used] = await fill(sealed);
    const before = await contentOf(sealed);
    const files = await readdir(directory, { recursive: true });
    assert.deepEqual(await migrate(sealed, vault), { registrations: 2, copied: 3, present: 0, unreadable: [] });
    assert.deepEqual(await contentOf(vault), before);
    assert.deepEqual(await readdir(directory, { recursive: true }), files);
    assert.equal(await publishedToken(fixture), 'active');
    const other = await fixture.open(); // a server, which knows nothing of the earlier store
    const again = credentialWith('active', used);
    assert.equal(await other.versionOf(again, signal), await sealed.versionOf(again, signal));
    await other.close();
  });

  it('copies everything back', async () => {
    await fill(vault);
    const before = await contentOf(vault);
    assert.deepEqual(await migrate(vault, sealed), { registrations: 2, copied: 3, present: 0, unreadable: [] });
    assert.deepEqual(await contentOf(sealed), before);
  });

  it('resumes after an interruption at any request', async () => {
    await fill(sealed);
    const before = await contentOf(sealed);
    let runs = 0;
    for (let allowed = 0; ; allowed += 3) {
      runs += 1;
      let left = allowed;
      double.faults.onRequest = () => {
        left -= 1;
        if (left < 0) throw new Error('cut off');
      };
      const isDone = await migrate(sealed, vault).then(
        () => true,
        () => false,
      );
      double.faults.onRequest = undefined;
      if (isDone) break;
    }
    assert.ok(runs > 5);
    assert.deepEqual(await contentOf(vault), before);
    assert.equal(await publishedToken(fixture), 'active');
    assert.deepEqual(await migrate(sealed, vault), { registrations: 2, copied: 0, present: 3, unreadable: [] });
  });

  it('detects a credential that reads back differently', async () => {
    await fill(sealed);
    double.faults.onRequest = async (method, path) => {
      if (method !== 'GET' || !/^nautes\/data\/credentials\/.*[0-9a-f]{40}$/.test(path)) return;
      const { status } = await double.request('GET', path);
      if (status === 200) await double.request('POST', path, { data: { credential: 'damaged' } });
    };
    await assert.rejects(migrate(sealed, vault), { reason: 'MigrationMismatch' });
  });

  it('does not replace the active credential of the target with an older one', async () => {
    const [used] = await fill(sealed);
    await migrate(sealed, vault);
    const renewed = credentialOf(used, { origin: 'issued', issuedAt: '2029-07-01T00:00:00Z' });
    const version = await vault.stage(renewed, signal);
    const pointer = await vault.active(used, signal);
    await vault.activate(used, version, pointer?.revision, signal);
    await assert.rejects(migrate(sealed, vault), {
      reason: 'MigrationTargetNewer',
      said: { id: 'MigrationTargetNewer', params: { cluster: 'a' } },
    });
    assert.equal((await vault.active(used, signal))?.version, version);
    await migrate(vault, sealed); // the other way round is fine
    assert.equal((await sealed.active(used, signal))?.version, version);
  });

  it('reports what the old store cannot open and copies the rest', async () => {
    const [used, staged] = await fill(sealed);
    const [broken] = (await sealed.list(signal, 'b')).map((each) => each.version);
    await writeFile(join(directory, 'secrets/b', staged.incarnation, `${broken}.sealed`), 'damaged');
    const report = await migrate(sealed, vault);
    assert.deepEqual([report.copied, report.unreadable.map(({ cluster }) => cluster)], [2, ['b']]);
    assert.notEqual(await vault.active(used, signal), undefined);
  });
});
