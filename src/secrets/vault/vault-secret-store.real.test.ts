import { after } from 'node:test';
import { type AdministeredVault, administeredReal } from '../../../test/doubles/vault/administered.ts';
import { VAULT_NOT_BUILT, vaultBinary } from '../../../tools/vault/server.ts';
import { describeSecretStoreContract } from '../secret-store.contract.ts';
import { describeVaultStore } from './vault-store.contract.ts';
import { VaultStoreFixture } from './vault-store.fixture.contract.ts';

const skip = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;
let shared: Promise<AdministeredVault> | undefined;

/** One server for all cases; each has its own engines. */
async function create(): Promise<VaultStoreFixture> {
  shared ??= administeredReal();
  return VaultStoreFixture.create(await shared, false);
}

after(async () => (await shared)?.[Symbol.asyncDispose]());

describeSecretStoreContract('the Vault store', create, skip);
describeVaultStore('the Vault store', create, skip);
