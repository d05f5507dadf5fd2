import { NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { kubeconfigYaml } from '../../kube/index.ts';
import {
  holdsSealedCredentials,
  type OpenedSealingKeys,
  openSealingKeys,
  SealedFileSecretStore,
  type SecretStore,
  VaultSecretStore,
  type VaultSecretStoreOptions,
} from '../../secrets/index.ts';
import type { VaultClient } from '../../vault/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';

/** How long the start waits for Vault when it checks for credentials. */
const LOOK_MILLISECONDS = 3_000;

/**
 * The configured secret store.
 * @throws NautesError of the sealing key, `SecretsNotMigrated`
 */
export async function openSecrets(
  configuration: Configuration,
  vault: VaultClient | undefined,
  logger: Logger,
  signal: AbortSignal,
): Promise<SecretStore> {
  if (configuration.secrets.store === 'vault' && vault !== undefined) {
    const store = openVaultStore(configuration, vault);
    await requireMigration(store, dataPaths(configuration.dataDirectory).secrets, logger, signal);
    return store;
  }
  const opened = await sealingKeys(configuration);
  const { source, created } = opened;
  const message = created ? 'created a new sealing key: back it up outside the data directory' : 'sealing key found';
  logger.info({ source }, message);
  return openSealedStore(configuration, opened);
}

export function openSealedStore(
  configuration: Configuration,
  { keys, source }: OpenedSealingKeys,
): Promise<SealedFileSecretStore> {
  return SealedFileSecretStore.open({
    directory: dataPaths(configuration.dataDirectory).secrets,
    keys,
    keySource: source,
  });
}

export function openVaultStore(
  { secrets: { vault } }: Configuration,
  client: VaultClient,
  more: Pick<VaultSecretStoreOptions, 'versionKey'> = {},
): VaultSecretStore {
  const { mount, ownMount } = vault;
  return new VaultSecretStore({ client, mount, ownMount, kubeconfigOf: kubeconfigYaml, ...more });
}

export function sealingKeys(configuration: Configuration): Promise<OpenedSealingKeys> {
  const { secrets: sealedDirectory, sealingKey } = dataPaths(configuration.dataDirectory);
  const file = configuration.secrets.keyFile || sealingKey;
  return openSealingKeys({ file, sealedDirectory, environment: process.env });
}

/**
 * An empty store beside a full earlier one is a configuration mistake that would show as clusters without credentials.
 * An unreachable Vault does not prevent the start: nothing is lost, and the failure is reported.
 */
async function requireMigration(
  store: VaultSecretStore,
  directory: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  if (!(await holdsSealedCredentials(directory))) return;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MILLISECONDS)]);
  const isEmpty = await store.isEmpty(deadline).catch((error: unknown) => {
    signal.throwIfAborted();
    logger.warn({ error }, 'cannot check whether Vault has the credentials of this server');
    return false;
  });
  if (isEmpty) throw new NautesError('SecretsNotMigrated', { directory });
}
