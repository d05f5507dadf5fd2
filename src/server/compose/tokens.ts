import { KubernetesTokens, TokenFiles, type TokenStore } from '../../identity/index.ts';
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
