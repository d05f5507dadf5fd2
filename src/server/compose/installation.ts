import { access } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { type ManagementCluster, openSharedInstallation } from '../../management/index.ts';
import type { Installation } from '../../resources/installation.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { openInstallation, readInstallation, writeInstallation } from '../services/installation.ts';
import { assertUnmarked, readStorageMark } from '../services/storage-mark.ts';

/**
 * The identity of the installation: of the data directory, or with storage kubernetes of the namespace, which the data
 * directory then remembers.
 * @throws NautesError `InstallationUnreadable`, `InstallationForeign`, `StorageMoved`, `StorageIncomplete`,
 * `StorageNotMigrated`
 */
export async function installationOf(
  { storage, dataDirectory, git }: Configuration,
  management: ManagementCluster | undefined,
  signal: AbortSignal,
): Promise<Installation> {
  const paths = dataPaths(dataDirectory);
  if (storage === 'embedded' || management === undefined) {
    await assertUnmarked(dataDirectory);
    return openInstallation(paths.installation, systemClock);
  }
  await assertNoOtherState(dataDirectory);
  const { remote } = git;
  // Without a remote the repository is in the data directory: whoever has another one is not of this installation.
  const known =
    remote === ''
      ? await openInstallation(paths.installation, systemClock)
      : await readInstallation(paths.installation);
  const shared = await openSharedInstallation(management, { known, remote }, systemClock, signal);
  if (known === undefined) await writeInstallation(paths.installation, shared);
  return shared;
}

/** State in the data directory would be left behind: every cluster would lose its own. */
async function assertNoOtherState(dataDirectory: string): Promise<void> {
  const mark = await readStorageMark(dataDirectory);
  if (mark === 'incoming') throw new NautesError('StorageIncomplete', { place: dataDirectory, to: 'embedded' });
  if (mark === 'moved' || !(await exists(dataPaths(dataDirectory).status))) return;
  throw new NautesError('StorageNotMigrated', { directory: dataDirectory });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
