import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type AdministeredVault, administeredDouble } from '../../../test/doubles/vault/administered.ts';
import type { VaultDouble } from '../../../test/doubles/vault/vault-double.ts';
import { describeSecretStoreContract, newScope } from '../secret-store.contract.ts';
import type { VaultSecretStore } from './vault-secret-store.ts';
import { credentialWith, describeVaultStore, publishedToken } from './vault-store.contract.ts';
import { doubleStoreFixture, VaultStoreFixture } from './vault-store.fixture.contract.ts';

const signal = new AbortController().signal;

describeSecretStoreContract('the Vault store on the double', doubleStoreFixture);
describeVaultStore('the Vault store on the double', doubleStoreFixture);

describe('faults of the Vault store', () => {
  let vault: AdministeredVault & { readonly double: VaultDouble };
  let double: VaultDouble;
  let fixture: VaultStoreFixture;
  let store: VaultSecretStore;

  beforeEach(async () => {
    vault = await administeredDouble();
    ({ double } = vault);
    fixture = await VaultStoreFixture.create(vault);
    store = await fixture.open();
  });
  afterEach(async () => {
    await store.close();
    await fixture.cleanUp();
  });

  it('activates a credential that it cannot publish, reports the path, and publishes it later', async () => {
    const scope = newScope('a');
    const first = await store.activate(scope, await store.stage(credentialWith('1', scope), signal), undefined, signal);
    const version = await store.stage(credentialWith('2', scope), signal);
    double.faults.denied.push(/^POST cluster\/data/);
    const denied = (error: Error & { reason?: string }): boolean =>
      error.reason === 'VaultPermissionDenied' && error.message.includes('cluster/data/kubernetes/a/default/admin');
    await store.activate(scope, version, first.revision, signal);
    assert.equal((await store.active(scope, signal))?.version, version);
    assert.equal(await publishedToken(fixture), '1');
    await assert.rejects(store.publish(scope, signal), denied);
    double.faults.denied.length = 0;
    await store.publish(scope, signal);
    assert.equal(await publishedToken(fixture), '2');
  });

  it('completes an interrupted removal the next time, wherever it was interrupted', async () => {
    for (const refused of [/^DELETE cluster\/metadata/, /^DELETE .*\/active$/, /^DELETE .*\/[0-9a-f]{40}$/]) {
      const scope = newScope('a');
      await store.activate(scope, await store.stage(credentialWith('1', scope), signal), undefined, signal);
      double.faults.denied.push(refused);
      await assert.rejects(store.removeAll(scope, signal), { reason: 'VaultPermissionDenied' });
      double.faults.denied.length = 0;
      await store.removeAll(scope, signal);
      assert.deepEqual(double.state.kv('cluster').paths, [], String(refused));
      assert.deepEqual(double.state.kv('nautes').paths, ['version-key']);
    }
  });

  it('retries on check-and-set conflicts, and reports them when they do not end', async () => {
    const scope = newScope('a');
    const credential = credentialWith('1', scope);
    const path = `nautes/data/credentials/a/${scope.incarnation}/${await store.versionOf(credential, signal)}`;
    let left = 3;
    double.faults.onRequest = async (method, requested) => {
      if (method !== 'POST' || requested !== path || left === 0) return;
      left -= 1;
      await vault.admin('POST', path, { data: { credential: 'in the way' } });
    };
    const version = await store.stage(credential, signal);
    assert.equal((await store.read(scope, version, signal)).binding.incarnation, scope.incarnation);
    left = 1000;
    await assert.rejects(store.stage(credential, signal), { reason: 'VaultConflict', next: 'transient' });
  });

  it('reports why it is not writable', async () => {
    await store.checkWritable();
    const { faults } = double;
    faults.sealed = true;
    await assert.rejects(store.checkWritable(), { reason: 'VaultSealed' });
    faults.sealed = false;
    await vault.admin('POST', 'sys/policies/acl/nautes', {
      policy: 'path "cluster/data/*" { capabilities = ["create"] }',
    });
    await assert.rejects(store.checkWritable(), { reason: 'VaultMountMissing' });
    const readOnly =
      'path "cluster/*" { capabilities = ["read"] }\npath "nautes/*" { capabilities = ["read", "list"] }';
    await vault.admin('POST', 'sys/policies/acl/nautes', { policy: readOnly });
    await assert.rejects(store.checkWritable(), {
      reason: 'VaultPermissionDenied',
      message: 'Vault does not allow us to write cluster/data/kubernetes/+/default/admin',
    });
  });

  it('writes nothing to an engine of version 1 at its mount', async () => {
    await vault.admin('DELETE', 'sys/mounts/nautes');
    await vault.admin('POST', 'sys/mounts/nautes', { type: 'kv', options: { version: '1' } });
    await assert.rejects(store.stage(credentialWith('1'), signal), { reason: 'VaultMountVersion1' });
    await assert.rejects(store.checkWritable(), { reason: 'VaultMountVersion1' });
    assert.deepEqual(double.state.kv('nautes').paths, []);
  });

  it('reveals nothing of a credential in any error', async () => {
    const canary = 'canary-7c1d';
    const scope = newScope('a');
    const { faults } = double;
    const troubles: readonly (() => void)[] = [
      () => void (faults.sealed = true),
      () => void (faults.broken = 500),
      () => void (faults.broken = 200),
      () => void (faults.audit = 'fails'),
      () => void (faults.throttled = true),
      () => void faults.denied.push(/./),
    ];
    for (const trouble of troubles) {
      trouble();
      const error: unknown = await store
        .stage(credentialWith(canary, scope), signal)
        .catch((thrown: unknown) => thrown);
      assert.ok(error instanceof Error);
      assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), new RegExp(canary), error.message);
      Object.assign(faults, { sealed: false, broken: undefined, audit: undefined, throttled: false });
      faults.denied.length = 0;
    }
  });
});
