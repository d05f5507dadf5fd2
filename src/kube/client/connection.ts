import { defined } from '../../base/defined.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { type AddressPolicy, throughOwnProxy } from '../transport/address.ts';
import { KubeClient } from './client.ts';
import { Discovery } from './discovery.ts';
import type { TransportLimits, TransportOptions } from '../transport/transport.ts';

/** One cluster as we reach it. Holds no connection while nothing is asked of it. */
export interface ClusterConnection {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  /** Ends everything that is under way, at once. */
  close(): void;
}

export function openConnection(options: TransportOptions): ClusterConnection {
  const client = new KubeClient(options);
  return { client, discovery: new Discovery(client), close: () => client.close() };
}

/**
 * What {@link openConnection} needs, from a credential as it is stored.
 * @throws NautesError `ClusterProxyNotAllowed`
 */
export function connectionOptions(
  credential: Pick<StoredCredential, 'binding' | 'material'>,
  addresses: AddressPolicy,
  limits: Partial<TransportLimits> = {},
): TransportOptions {
  const { server, certificateAuthority, tlsServerName, proxyUrl } = credential.binding;
  return {
    server,
    certificateAuthority,
    ...defined({ tlsServerName }),
    material: credential.material,
    addresses: proxyUrl === undefined ? addresses : throughOwnProxy(proxyUrl, addresses),
    limits,
  };
}
