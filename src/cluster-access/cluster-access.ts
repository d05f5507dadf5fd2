import type { ClusterConnection, ProxyRules, ResolvedAddress } from '../kube/index.ts';
import type { ApiServerAddress } from '../resources/cluster/api-server.ts';
import type { StoredCredential } from '../resources/credential.ts';

/** A stored credential with the version that it has in the secret store. */
export interface VersionedCredential {
  readonly version: string;
  readonly stored: StoredCredential;
}

/** Asks something of a cluster; the connection is valid until the promise settles. */
export type ClusterAction<T> = (connection: ClusterConnection) => Promise<T>;

/**
 * The one way to reach clusters. A credential names its registration and is presented to the server that it is bound
 * to, and to no other; how the bytes get there is up to the implementation.
 */
export interface ClusterAccess {
  /** What is known of an address before anything is sent there, and whether a cluster may have it. */
  resolve(address: ApiServerAddress): Promise<ResolvedAddress>;
  /** The proxies that a kubeconfig may name for a cluster with this address. */
  proxiesOf(address: ApiServerAddress): ProxyRules;
  /** Runs the action with a connection of its own, which is closed when the action ends. */
  use<T>(credential: StoredCredential, action: ClusterAction<T>, signal: AbortSignal): Promise<T>;
  /**
   * Runs the action with the connection that all users of this version of the credential share. It is kept for a while
   * after the last of them.
   */
  useShared<T>(credential: VersionedCredential, action: ClusterAction<T>, signal: AbortSignal): Promise<T>;
  /** Closes the shared connections of a registration, or of every registration of the name, with all requests on them. */
  drop(cluster: string, incarnation?: string): void;
  /** Number of shared connections. */
  readonly size: number;
  /** Closes every connection. */
  close(): void;
}
