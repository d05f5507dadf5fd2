import { silentLogger } from '../base/logger.ts';
import type { TokenStore } from '../identity/index.ts';
import { openManagement } from './compose/management.ts';
import { tokenStoreOf } from './compose/tokens.ts';
import type { Configuration } from './configuration/configuration.ts';
import { assertUnmarked } from './services/storage-mark.ts';

/**
 * Works with the tokens of the installation from another process than its servers.
 * @throws NautesError `ManagementAccessUnusable`, `StorageMoved`, `StorageIncomplete`, and what the work throws
 */
export async function withTokens<T>(
  configuration: Configuration,
  work: (tokens: TokenStore) => Promise<T>,
): Promise<T> {
  await using opened = new AsyncDisposableStack();
  const isShared = configuration.storage === 'kubernetes';
  if (!isShared) await assertUnmarked(configuration.dataDirectory);
  const management = isShared ? await openManagement(configuration, silentLogger, opened) : undefined;
  return await work(tokenStoreOf(configuration, management));
}
