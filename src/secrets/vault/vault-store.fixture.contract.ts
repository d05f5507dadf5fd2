import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdministeredVault, administeredDouble } from '../../../test/doubles/vault/administered.ts';
import { silentLogger } from '../../base/logger.ts';
import { Secret } from '../../base/secret.ts';
import { policyText, VaultClient } from '../../vault/index.ts';
import type { SecretStoreFixture } from '../secret-store.contract.ts';
import { DEFAULT_CONSUMER_MOUNT, DEFAULT_OWN_MOUNT } from './layout.ts';
import { vaultStorePolicy } from './rights.ts';
import { VaultSecretStore, type VaultSecretStoreOptions } from './vault-secret-store.ts';

/** A Vault with the engines and a token that has only our policy. */
export class VaultStoreFixture implements SecretStoreFixture {
  readonly vault: AdministeredVault;
  readonly #directory: string;
  readonly #tokenFile: string;
  readonly #clients: VaultClient[] = [];
  readonly #ownsVault: boolean;

  private constructor(vault: AdministeredVault, directory: string, ownsVault: boolean) {
    this.vault = vault;
    this.#directory = directory;
    this.#tokenFile = join(directory, 'token');
    this.#ownsVault = ownsVault;
  }

  /** @param ownsVault whether it is closed with the fixture */
  static async create(vault: AdministeredVault, ownsVault = true): Promise<VaultStoreFixture> {
    const fixture = new VaultStoreFixture(vault, await mkdtemp(join(tmpdir(), 'nautes-vault-')), ownsVault);
    for (const mount of [DEFAULT_CONSUMER_MOUNT, DEFAULT_OWN_MOUNT]) {
      if (!ownsVault) await vault.admin('DELETE', `sys/mounts/${mount}`);
      await vault.admin('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
    }
    await vault.admin('POST', 'sys/policies/acl/nautes', { policy: policyText(vaultStorePolicy()) });
    const token = await vault.admin('POST', 'auth/token/create', { policies: ['nautes'], ttl: '1h' });
    await writeFile(fixture.#tokenFile, String(token['client_token']));
    return fixture;
  }

  client(): VaultClient {
    const auth = { method: 'token', tokenFile: this.#tokenFile } as const;
    const client = new VaultClient({ address: this.vault.address, auth, logger: silentLogger });
    this.#clients.push(client);
    return client;
  }

  open(changes: Partial<VaultSecretStoreOptions> = {}): Promise<VaultSecretStore> {
    const kubeconfigOf = ({ binding, material }: Parameters<VaultSecretStoreOptions['kubeconfigOf']>[0]): Secret =>
      new Secret(JSON.stringify({ server: binding.server, user: material.reveal() }));
    return Promise.resolve(new VaultSecretStore({ client: this.client(), kubeconfigOf, ...changes }));
  }

  async cleanUp(): Promise<void> {
    for (const client of this.#clients) await client.close();
    if (this.#ownsVault) await this.vault[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export async function doubleStoreFixture(): Promise<VaultStoreFixture> {
  return VaultStoreFixture.create(await administeredDouble());
}
