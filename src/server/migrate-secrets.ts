import { closeAll } from './services/closing.ts';
import { lockDirectory } from './services/directory-lock.ts';
import { NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type MigrationReport, migrateCredentials, type SecretStore } from '../secrets/index.ts';
import type { Configuration } from './configuration/configuration.ts';
import { openManagement } from './compose/management.ts';
import { openStorageSecrets, openVaultStore } from './compose/secrets.ts';
import { openVault } from './compose/vault.ts';
import { type ManagementCluster, placeOf } from '../management/index.ts';
import { message } from '../messages/message.ts';
import { livingMembers } from '../replicas/index.ts';
import { assertUnmarked } from './services/storage-mark.ts';

export type StoreName = Configuration['secrets']['store'];

export interface SecretMigration {
  readonly configuration: Configuration;
  readonly from: StoreName;
  readonly to: StoreName;
  readonly logger: Logger;
  readonly onRegistration: (cluster: string, index: number, count: number) => void;
}

/**
 * Copies all credentials to the other store and verifies them. It locks the data directory, so that no server
 * changes anything meanwhile; the configuration decides which store is in use, before and after.
 * @throws NautesError `DataDirectoryLocked`, `ReplicasRunning` while a server runs, and those of the stores
 */
export async function migrateSecrets(
  { configuration, from, to, logger, onRegistration }: SecretMigration,
  signal: AbortSignal,
): Promise<MigrationReport> {
  if (from === to) {
    throw new NautesError('ConfigurationInvalid', {
      problem: message('ConfigurationInvalid.sameStore', { store: from }),
    });
  }
  const opened = new AsyncDisposableStack();
  try {
    const lock = await lockDirectory(configuration.dataDirectory);
    opened.defer(() => lock.close());
    const management = await managementOf(configuration, logger, opened, signal);
    const { store: sealed, keys } = await openStorageSecrets(configuration, management, signal);
    opened.defer(() => sealed.close());
    const client = await openVault(configuration, logger);
    opened.defer(() => client.close());
    // Equal credentials keep equal names, so that saving one again changes nothing.
    const vault = openVaultStore(configuration, client, { versionKey: keys[0].versionKey });
    opened.defer(() => vault.close());
    const stores: Readonly<Record<StoreName, SecretStore>> = { sealed, vault };
    await stores[to].checkWritable();
    return await migrateCredentials(stores[from], stores[to], {
      signal,
      onRegistration: ({ cluster }, index, count) => onRegistration(cluster, index, count),
    });
  } finally {
    await closeAll(opened, logger);
  }
}

/** The management cluster when the state is there. @throws NautesError `ReplicasRunning` */
async function managementOf(
  configuration: Configuration,
  logger: Logger,
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<ManagementCluster | undefined> {
  if (configuration.storage === 'embedded') {
    await assertUnmarked(configuration.dataDirectory);
    return undefined;
  }
  const management = await openManagement(configuration, logger, opened);
  const replicas = management === undefined ? [] : await livingMembers(management, signal);
  if (management === undefined || replicas.length === 0) return management;
  throw new NautesError('ReplicasRunning', { place: placeOf(management), replicas });
}
