import type { CredentialScope } from '../../resources/credential.ts';

/** Paths in Vault. The consumers' path is the one that Nautes has always had. */

/** Mount of what consumers read. */
export const DEFAULT_CONSUMER_MOUNT = 'cluster';
/** Mount of what only Nautes reads: staged and uploaded credentials, and which of them is active. */
export const DEFAULT_OWN_MOUNT = 'nautes';

/** The key in the consumers' entry. */
export const CONSUMER_KEY = 'kubeconfig';

/** The kubeconfig of a cluster, for deployment tools. */
export function consumerPath(cluster: string): string {
  return `kubernetes/${cluster}/default/admin`;
}

export const OWN_ROOT = 'credentials';
/** The key of the version hash. */
export const VERSION_KEY_PATH = 'version-key';
const POINTER = 'active';

export function clusterPath(cluster: string): string {
  return `${OWN_ROOT}/${cluster}`;
}

export function scopePath({ cluster, incarnation }: CredentialScope): string {
  return `${clusterPath(cluster)}/${incarnation}`;
}

export function versionPath(scope: CredentialScope, version: string): string {
  return `${scopePath(scope)}/${version}`;
}

export function pointerPath(scope: CredentialScope): string {
  return `${scopePath(scope)}/${POINTER}`;
}
