import type { Logger } from '../../base/logger.ts';
import { KubernetesTokens } from '../../identity/index.ts';
import {
  type ManagementCluster,
  placeOf,
  readSharedInstallation,
  repositoryOf,
  writeSharedInstallation,
} from '../../management/index.ts';
import { livingMembers } from '../../replicas/index.ts';
import { KubernetesSecretStore, readSharedSealingKey, shareSealingKey } from '../../secrets/index.ts';
import { openKubernetesState } from '../../state/index.ts';
import { hasGivenKey, openSharedKeys } from '../compose/secrets.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { SideIdentity, StorageSide } from './storage-side.ts';

/** The namespace of the management cluster. */
export function kubernetesSide(configuration: Configuration, cluster: ManagementCluster, logger: Logger): StorageSide {
  const opened = new AsyncDisposableStack();
  const identity = async (signal: AbortSignal): Promise<SideIdentity | undefined> => {
    const shared = await readSharedInstallation(cluster, signal);
    if (shared === undefined) return undefined;
    const { id, createdAt, mark } = shared;
    return { installation: { id, createdAt }, mark };
  };
  return {
    storage: 'kubernetes',
    place: placeOf(cluster),
    identity,
    boundTo: async (signal) => (await identity(signal))?.installation.id,
    mark: ({ installation, mark }, signal) => {
      const repository = repositoryOf(configuration.git.remote);
      return writeSharedInstallation(cluster, { ...installation, repository, mark }, signal);
    },
    replicas: (signal) => livingMembers(cluster, signal),
    keyText: async (signal) => (hasGivenKey(configuration) ? undefined : await readSharedSealingKey(cluster, signal)),
    putKeyText: (text, signal) => shareSealingKey(cluster, text, signal),
    keys: async (signal) => (await openSharedKeys(configuration, cluster, signal)).keys,
    secrets: (keys) => Promise.resolve(new KubernetesSecretStore({ cluster, keys })),
    tokens: new KubernetesTokens({ cluster }),
    state: async (signal) => {
      const state = await openKubernetesState({ management: cluster, logger }, signal);
      opened.defer(() => state.close());
      return state.copy;
    },
    close: () => opened.disposeAsync(),
  };
}
