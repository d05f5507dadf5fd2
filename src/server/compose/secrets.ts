import { NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { kubeconfigYaml } from '../../kube/index.ts';
import { type ManagementCluster, placeOf } from '../../management/index.ts';
import {
  holdsSealedCredentials,
  holdsSharedCredentials,
  KubernetesSecretStore,
  type OpenedSealingKeys,
  openSealingKeys,
  openSharedSealingKeys,
  SEALING_KEY_VARIABLE,
  SealedFileSecretStore,
  type SealingKeys,
  type SecretStore,
  VaultSecretStore,
  type VaultSecretStoreOptions,
} from '../../secrets/index.ts';
import type { VaultClient } from '../../vault/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';

export interface SecretSurroundings {
  /** Absent when none is configured, as is the management cluster. */
  readonly vault: VaultClient | undefined;
  readonly management: ManagementCluster | undefined;
  readonly logger: Logger;
}

/** How long the start waits for Vault when it checks for credentials. */
const LOOK_MILLISECONDS = 3_000;

/**
 * The configured secret store.
 * @throws NautesError of the sealing key, `SecretsNotMigrated`
 */
export async function openSecrets(
  configuration: Configuration,
  { vault, management, logger }: SecretSurroundings,
  signal: AbortSignal,
): Promise<SecretStore> {
  if (configuration.secrets.store === 'vault' && vault !== undefined) {
    const store = openVaultStore(configuration, vault);
    await requireMigration(store, configuration, { management, logger }, signal);
    return store;
  }
  if (configuration.storage === 'kubernetes' && management !== undefined) {
    const opened = await openSharedKeys(configuration, management, signal);
    reportKey(opened, logger);
    return new KubernetesSecretStore({ cluster: management, keys: opened.keys });
  }
  const opened = await sealingKeys(configuration);
  reportKey(opened, logger);
  return openSealedStore(configuration, opened);
}

function reportKey({ source, created }: OpenedSealingKeys, logger: Logger): void {
  const text = created ? 'created a new sealing key: keep a copy of it elsewhere' : 'sealing key found';
  logger.info({ source }, text);
}

/** Whether the operator gives the sealing key, by a variable or a file: then it is the same wherever the state is. */
export function hasGivenKey({ secrets }: Configuration): boolean {
  return secrets.keyFile !== '' || (process.env[SEALING_KEY_VARIABLE] ?? '') !== '';
}

/** The sealing keys of all replicas. */
export function openSharedKeys(
  { secrets }: Configuration,
  cluster: ManagementCluster,
  signal: AbortSignal,
): Promise<OpenedSealingKeys> {
  return openSharedSealingKeys({ cluster, file: secrets.keyFile, environment: process.env }, signal);
}

/** The sealed store of the configured storage. */
export async function openStorageSecrets(
  configuration: Configuration,
  management: ManagementCluster | undefined,
  signal: AbortSignal,
): Promise<{ readonly store: SecretStore; readonly keys: SealingKeys }> {
  if (configuration.storage === 'kubernetes' && management !== undefined) {
    const { keys } = await openSharedKeys(configuration, management, signal);
    return { store: new KubernetesSecretStore({ cluster: management, keys }), keys };
  }
  const opened = await sealingKeys(configuration);
  return { store: await openSealedStore(configuration, opened), keys: opened.keys };
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
  configuration: Configuration,
  { management, logger }: Omit<SecretSurroundings, 'vault'>,
  signal: AbortSignal,
): Promise<void> {
  const isShared = configuration.storage === 'kubernetes' && management !== undefined;
  const directory = isShared ? placeOf(management) : dataPaths(configuration.dataDirectory).secrets;
  const isSealed = isShared ? holdsSharedCredentials(management, signal) : holdsSealedCredentials(directory);
  if (!(await isSealed)) return;
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MILLISECONDS)]);
  const isEmpty = await store.isEmpty(deadline).catch((error: unknown) => {
    signal.throwIfAborted();
    logger.warn({ error }, 'cannot check whether Vault has the credentials of this server');
    return false;
  });
  if (isEmpty) throw new NautesError('SecretsNotMigrated', { directory });
}
