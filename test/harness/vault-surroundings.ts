import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authoritiesWith } from '../../src/base/tls/authorities.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { kubeconfigYaml } from '../../src/kube/index.ts';
import { VaultSecretStore, vaultStorePolicy } from '../../src/secrets/index.ts';
import { policyText, VaultClient } from '../../src/vault/index.ts';
import { DEFAULT_POLICY, VaultWorkloadAuth, workloadAuthPolicy } from '../../src/workload-auth/index.ts';
import type { AdministeredVault } from '../doubles/vault/administered.ts';

const ROLE = 'nautes';

/**
 * A Vault that is prepared as the guide says: two engines, AppRole, and the policy that `nautes vault policy` prints.
 * Composable: {@link configuration} is a part of the server's, and nothing here knows of other surroundings.
 */
export class VaultSurroundings implements AsyncDisposable {
  readonly vault: AdministeredVault;
  readonly #directory: string;
  readonly #clients: VaultClient[] = [];
  #roleId = '';

  private constructor(vault: AdministeredVault, directory: string) {
    this.vault = vault;
    this.#directory = directory;
  }

  /** @param vault becomes this one's to end */
  static async prepare(vault: AdministeredVault): Promise<VaultSurroundings> {
    const surroundings = new VaultSurroundings(vault, await mkdtemp(join(tmpdir(), 'nautes-surroundings-')));
    for (const mount of ['cluster', 'nautes']) {
      await vault.admin('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version: '2' } });
    }
    await surroundings.allow({ workloads: true });
    await vault.admin('POST', 'sys/auth/approle', { type: 'approle' });
    await vault.admin('POST', `auth/approle/role/${ROLE}`, { token_policies: ROLE, token_ttl: '20m' });
    const { role_id: roleId } = await vault.admin('GET', `auth/approle/role/${ROLE}/role-id`);
    const { secret_id: secretId } = await vault.admin('POST', `auth/approle/role/${ROLE}/secret-id`, {});
    surroundings.#roleId = String(roleId);
    await writeFile(surroundings.#secretIdFile, `${String(secretId)}\n`);
    return surroundings;
  }

  /** Writes the policy of the server anew; without `workloads` it may not let those of clusters in. */
  async allow({ workloads }: { readonly workloads: boolean }): Promise<void> {
    const rules = [...vaultStorePolicy(), ...(workloads ? workloadAuthPolicy(DEFAULT_POLICY, 'approle') : [])];
    await this.vault.admin('POST', `sys/policies/acl/${ROLE}`, { policy: policyText(rules) });
  }

  /** Keys for the configuration of a server. */
  configuration(): Readonly<Record<string, unknown>> {
    const { address, caCertificate } = this.vault;
    const auth = { method: 'approle', roleId: this.#roleId, secretIdFile: this.#secretIdFile };
    return { secrets: { store: 'vault', vault: { address, caFile: caCertificate, auth } } };
  }

  /** What the server logs in with. */
  async secretId(): Promise<string> {
    return (await readFile(this.#secretIdFile, 'utf8')).trim();
  }

  /** A client as the server has it. */
  client(): VaultClient {
    const { address, caCertificate } = this.vault;
    const client = new VaultClient({
      address,
      auth: { method: 'approle', mount: 'approle', roleId: this.#roleId, secretIdFile: this.#secretIdFile },
      logger: silentLogger,
      ...(caCertificate === '' ? {} : { authorities: authoritiesWith([caCertificate]) }),
    });
    this.#clients.push(client);
    return client;
  }

  openSecrets(clock?: Clock): Promise<VaultSecretStore> {
    const options = { client: this.client(), kubeconfigOf: kubeconfigYaml };
    return Promise.resolve(new VaultSecretStore(clock === undefined ? options : { ...options, clock }));
  }

  workloadAuth(): VaultWorkloadAuth {
    return new VaultWorkloadAuth(this.client(), 'approle');
  }

  /** What those who deploy to the cluster find; empty when there is nothing. */
  async publishedKubeconfig(cluster: string): Promise<string> {
    const { data } = (await this.vault.admin('GET', `cluster/data/kubernetes/${cluster}/default/admin`)) as {
      readonly data?: { readonly kubeconfig?: string } | null;
    };
    return data?.kubeconfig ?? '';
  }

  /** The auth method of a cluster and all its settings; `undefined` when there is none. */
  async authMethod(cluster: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const found = await this.vault.admin('GET', `sys/auth/${cluster}`).catch(() => undefined);
    if (found === undefined) return undefined;
    const config = await this.vault.admin('GET', `auth/${cluster}/config`);
    const { keys = [] } = (await this.vault.admin('GET', `auth/${cluster}/role?list=true`)) as { keys?: string[] };
    const roles = await Promise.all(
      keys.map(async (name) => [name, await this.vault.admin('GET', `auth/${cluster}/role/${name}`)]),
    );
    return {
      type: found['type'],
      description: found['description'],
      config,
      roles: Object.fromEntries(roles) as unknown,
    };
  }

  /** Every path below both engines that still has anything, apart from the key of version names. */
  async remains(): Promise<readonly string[]> {
    const found = await Promise.all(['cluster/metadata', 'nautes/metadata'].map((path) => this.#below(path)));
    return found.flat().filter((path) => path !== 'nautes/metadata/version-key');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.vault[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #below(path: string): Promise<readonly string[]> {
    const { keys = [] } = (await this.vault.admin('GET', `${path}?list=true`)) as { readonly keys?: readonly string[] };
    const found: string[] = [];
    for (const key of keys) {
      if (key.endsWith('/')) found.push(...(await this.#below(`${path}/${key.slice(0, -1)}`)));
      else found.push(`${path}/${key}`);
    }
    return found;
  }

  get #secretIdFile(): string {
    return join(this.#directory, 'secret-id');
  }
}
