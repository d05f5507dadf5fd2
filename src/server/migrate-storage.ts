import type { Logger } from '../base/logger.ts';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { openManagement } from './compose/management.ts';
import type { Configuration } from './configuration/configuration.ts';
import { dataPaths } from './configuration/data-paths.ts';
import { invalidKey } from './configuration/invalid.ts';
import { embeddedSide, hasRepository } from './migration/embedded-side.ts';
import type { StorageStep } from './migration/copy-parts.ts';
import { kubernetesSide } from './migration/kubernetes-side.ts';
import { migrateStorage, type StorageReport } from './migration/migrate-storage.ts';
import type { StorageName } from './migration/storage-side.ts';
import { closeAll } from './services/closing.ts';
import { lockDirectory } from './services/directory-lock.ts';

export type { StorageStep } from './migration/copy-parts.ts';
export type { StorageReport } from './migration/migrate-storage.ts';
export type { StorageName } from './migration/storage-side.ts';

export interface StorageMove {
  readonly configuration: Configuration;
  readonly to: StorageName;
  readonly dryRun: boolean;
  readonly logger: Logger;
  /** Called before each thing that is written. */
  readonly onStep: (step: StorageStep) => void;
}

/**
 * Takes the state of the installation from the data directory into the management cluster, or back. It locks the data
 * directory, and refuses while replicas work.
 * @throws NautesError `DataDirectoryLocked`, `ConfigurationInvalid` without a management cluster, and those of
 * {@link migrateStorage}
 */
export async function moveStorage(
  { configuration, to, dryRun, logger, onStep }: StorageMove,
  signal: AbortSignal,
): Promise<StorageReport> {
  const opened = new AsyncDisposableStack();
  try {
    const lock = await lockDirectory(configuration.dataDirectory);
    opened.defer(() => lock.close());
    const cluster = await openManagement(configuration, logger, opened);
    if (cluster === undefined) throw invalidKey('management', message('ConfigurationInvalid.storageNeedsAccess'));
    const embedded = embeddedSide(configuration, logger);
    opened.defer(() => embedded.close());
    const kubernetes = kubernetesSide(configuration, cluster, logger);
    opened.defer(() => kubernetes.close());
    await requireRepository(configuration);
    const sides = to === 'kubernetes' ? { from: embedded, to: kubernetes } : { from: kubernetes, to: embedded };
    const sealed = configuration.secrets.store === 'sealed';
    return await migrateStorage({ ...sides, sealed, dryRun, onStep, signal });
  } finally {
    await closeAll(opened, logger);
  }
}

/** Without a remote the repository stays where it is: the state of its clusters belongs beside it. */
async function requireRepository({ git, dataDirectory }: Configuration): Promise<void> {
  if (git.remote !== '' || (await hasRepository(dataDirectory))) return;
  throw new NautesError('StorageEmpty', { place: dataPaths(dataDirectory).repository });
}
