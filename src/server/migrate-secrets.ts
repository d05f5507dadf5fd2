import { closeAll } from './services/closing.ts';
import { lockDirectory } from './services/directory-lock.ts';
import { NautesError } from '../errors/errors.ts';
import type { Logger } from '../base/logger.ts';
import { type MigrationReport, migrateCredentials, type SecretStore } from '../secrets/index.ts';
import type { Configuration } from './configuration/configuration.ts';
import { openSealedStore, openVaultStore, sealingKeys } from './compose/secrets.ts';
import { openVault } from './compose/vault.ts';
import { message } from '../messages/message.ts';

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
 * @throws NautesError `DataDirectoryLocked` while a server runs, and those of the stores
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
    const keys = await sealingKeys(configuration);
    const sealed = await openSealedStore(configuration, keys);
    opened.defer(() => sealed.close());
    const client = await openVault(configuration, logger);
    opened.defer(() => client.close());
    // Equal credentials keep equal names, so that saving one again changes nothing.
    const vault = openVaultStore(configuration, client, { versionKey: keys.keys[0].versionKey });
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
