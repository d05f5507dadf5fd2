import { defined } from '../../base/defined.ts';
import type { Logger } from '../../base/logger.ts';
import { readVaultAddress, type VaultAuth, VaultClient } from '../../vault/index.ts';
import { trustedAuthorities } from '../configuration/authorities.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { proxyOf } from '../configuration/proxies.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';

type VaultConfiguration = Configuration['secrets']['vault'];

/** Where Kubernetes mounts the token of a pod's ServiceAccount. */
const POD_TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** One or more path segments, as in Vault's mounts. */
const MOUNT = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

/** True when a Vault is configured for any purpose. */
export function hasVault({ secrets }: Configuration): boolean {
  return secrets.vault.address !== '' || secrets.store === 'vault';
}

/**
 * A client of the configured Vault. No request is sent yet: a server also starts while its Vault is unreachable.
 * @throws NautesError `ConfigurationInvalid`
 */
export async function openVault(configuration: Configuration, logger: Logger): Promise<VaultClient> {
  const { vault } = configuration.secrets;
  const address = originOf('secrets.vault.address', vault.address);
  const authorities = await trustedAuthorities('secrets.vault.caFile', vault.caFile);
  for (const key of ['mount', 'ownMount'] as const) requireMount(`secrets.vault.${key}`, vault[key]);
  return new VaultClient({
    address,
    peers: vault.peers.map((peer) => originOf('secrets.vault.peers', peer)),
    namespace: vault.namespace,
    auth: vaultAuth(vault.auth),
    logger,
    proxy: await proxyOf(configuration, 'vault'),
    ...defined({ authorities }),
  });
}

/** @throws NautesError `ConfigurationInvalid` naming the key that is missing */
function vaultAuth(auth: VaultConfiguration['auth']): VaultAuth {
  const mount = auth.mount || auth.method;
  if (auth.method !== 'token') requireMount('secrets.vault.auth.mount', mount);
  switch (auth.method) {
    case 'token':
      return { method: 'token', tokenFile: required(auth, 'tokenFile') };
    case 'approle':
      return {
        method: 'approle',
        mount,
        roleId: required(auth, 'roleId'),
        secretIdFile: required(auth, 'secretIdFile'),
      };
    case 'kubernetes':
      return { method: 'kubernetes', mount, role: required(auth, 'role'), jwtFile: auth.jwtFile || POD_TOKEN_FILE };
    case 'jwt':
      return { method: 'jwt', mount, role: required(auth, 'role'), jwtFile: required(auth, 'jwtFile') };
    default:
      throw new Error('unknown method of logging in');
  }
}

function required(auth: VaultConfiguration['auth'], key: keyof VaultConfiguration['auth']): string {
  const value = auth[key];
  if (value === '') throw methodNeeds(key, auth.method);
  return value;
}

function methodNeeds(key: string, method: string): Error {
  return invalidKey(`secrets.vault.auth.${key}`, message('ConfigurationInvalid.vaultMethod', { method }));
}

function originOf(key: string, text: string): string {
  if (text === '') throw invalidKey(key, message('ConfigurationInvalid.vaultStore'));
  const address = readVaultAddress(text);
  if ('problem' in address) throw invalidKey(key, address.problem);
  return address.origin;
}

function requireMount(key: string, mount: string): void {
  if (!MOUNT.test(mount)) throw invalidKey(key, message('ConfigurationInvalid.vaultMount'));
}
