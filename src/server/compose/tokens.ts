import {
  KubernetesTokens,
  sessionKeyFile,
  sharedSessionKey,
  TokenFiles,
  type TokenStore,
} from '../../identity/index.ts';
import { withDeadline } from '../../base/async/timing.ts';
import type { Secret } from '../../base/secret.ts';
import type { ManagementCluster } from '../../management/index.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';

/** The tokens of the installation: in the management cluster when the state is there, else in the data directory. */
export function tokenStoreOf(
  { storage, dataDirectory }: Pick<Configuration, 'storage' | 'dataDirectory'>,
  management: ManagementCluster | undefined,
): TokenStore {
  if (storage === 'kubernetes' && management !== undefined) return new KubernetesTokens({ cluster: management });
  return new TokenFiles(dataPaths(dataDirectory).tokens);
}

/** How long a login waits for the key of the replicas. */
const KEY_MILLISECONDS = 10_000;

/** The key of the sessions of browsers: of all replicas when the state is shared, else of the data directory. */
export function sessionKeyOf(
  { storage, dataDirectory }: Pick<Configuration, 'storage' | 'dataDirectory'>,
  management: ManagementCluster | undefined,
): () => Promise<Secret<Uint8Array>> {
  if (storage !== 'kubernetes' || management === undefined) {
    return () => sessionKeyFile(dataPaths(dataDirectory).sessionKey);
  }
  return () => sharedSessionKey(management, withDeadline(undefined, KEY_MILLISECONDS));
}
