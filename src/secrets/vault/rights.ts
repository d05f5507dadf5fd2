import { NautesError } from '../../errors/errors.ts';
import type { PolicyCapability, PolicyRule, VaultClient } from '../../vault/index.ts';
import { consumerPath, DEFAULT_CONSUMER_MOUNT, DEFAULT_OWN_MOUNT, OWN_ROOT, VERSION_KEY_PATH } from './layout.ts';

/** The Vault capabilities that the secret store needs: the kubeconfigs of consumers are written, never read. */
export function vaultStorePolicy(
  mount: string = DEFAULT_CONSUMER_MOUNT,
  ownMount: string = DEFAULT_OWN_MOUNT,
): readonly PolicyRule[] {
  return [
    {
      comment: 'The kubeconfig of each cluster, for deployment tools: written by check-and-set, never read.',
      path: `${mount}/data/${consumerPath('+')}`,
      capabilities: ['create', 'update'],
    },
    {
      comment: 'Its versions: listed, one kept, all destroyed when the cluster is deleted.',
      path: `${mount}/metadata/${consumerPath('+')}`,
      capabilities: ['create', 'read', 'update', 'delete'],
    },
    {
      comment: 'Staged credentials, and which of them is active: for the server alone.',
      path: `${ownMount}/data/${OWN_ROOT}/*`,
      capabilities: ['create', 'read', 'update'],
    },
    {
      comment: 'Listing and destroying them.',
      path: `${ownMount}/metadata/${OWN_ROOT}/*`,
      capabilities: ['read', 'list', 'delete'],
    },
    {
      comment: 'The key by which equal credentials get equal version names.',
      path: `${ownMount}/data/${VERSION_KEY_PATH}`,
      capabilities: ['create', 'read', 'update'],
    },
  ];
}

/** A name that no cluster has, for probing the capabilities. */
const SAMPLE = 'nautes-looks-at-its-rights';

const OPERATIONS: Readonly<Partial<Record<PolicyCapability, string>>> = {
  create: 'write',
  update: 'write',
  delete: 'delete',
  list: 'list',
  read: 'read',
};

/** @throws NautesError `VaultPermissionDenied` naming the first capability that the token lacks */
export async function checkVaultRights(
  client: VaultClient,
  mount: string,
  ownMount: string,
  signal: AbortSignal,
): Promise<void> {
  const rules = vaultStorePolicy(mount, ownMount);
  const concrete = (path: string): string => path.replace('+', SAMPLE).replace(/\*$/, SAMPLE);
  const found = await client.capabilities(
    rules.map(({ path }) => concrete(path)),
    signal,
  );
  for (const { path, capabilities } of rules) {
    const granted = found.get(concrete(path)) ?? [];
    const missing = capabilities.find((capability) => !granted.includes(capability));
    if (missing === undefined || granted.includes('root')) continue;
    throw new NautesError('VaultPermissionDenied', { operation: OPERATIONS[missing] ?? missing, path });
  }
}
